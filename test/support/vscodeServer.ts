import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./freePort.ts";

export interface VscodeServerOptions {
  /** Where everything of this server goes: its settings, extensions and log. Made, and removed by `stop`. */
  readonly folder: string;
  /** Added to the environment of the server, its extension hosts and terminals. */
  readonly env?: Readonly<Record<string, string>>;
  /** VSIX files to install first. */
  readonly extensions?: readonly string[];
  /** Whether a page may say which extension under development to load; it then shows no notifications. */
  readonly forDevelopment?: boolean;
  /** Whether folders are not trusted until a person says so, without being asked. */
  readonly restricted?: boolean;
  /** What settings.json holds. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

const readyWithinMs = 60_000;

/** Settings that keep a test window quiet: no tips, no tabs of its own, no requests to the outside. */
const quietSettings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "remote.autoForwardPorts": false,
  "git.openRepositoryInParentFolders": "never",
  "chat.disableAIFeatures": true,
};

const restrictedSettings = {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
};

/** A real VS Code server on a free port of 127.0.0.1. */
export class VscodeServer {
  readonly origin: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(origin: string, child: ChildProcess, folder: string) {
    this.origin = origin;
    this.#process = child;
    this.#folder = folder;
  }

  /** Starts a server and waits until it answers. */
  static async start(options: VscodeServerOptions): Promise<VscodeServer> {
    const main = process.env["FORKPOINT_TEST_VSCODE_SERVER"];
    if (!main) throw new Error("Run this through npm test: it installs the VS Code server.");
    const { folder } = options;
    const settings = join(folder, "user", "User");
    mkdirSync(settings, { recursive: true });
    writeFileSync(
      join(settings, "settings.json"),
      JSON.stringify(
        { ...quietSettings, ...(options.restricted ? restrictedSettings : {}), ...options.settings },
        null,
        2,
      ),
    );
    const folders = [
      ...["--user-data-dir", join(folder, "user")],
      ...["--server-data-dir", join(folder, "server")],
      ...["--extensions-dir", join(folder, "extensions")],
    ];
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
      ...options.env,
    };
    const log = createWriteStream(join(folder, "server.log"));
    const launch = (args: readonly string[]) => {
      // A group of its own, so that `stop` reaches the extension hosts and terminals too.
      const child = spawn(process.execPath, [main, ...folders, "--accept-server-license-terms", ...args], {
        env,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.pipe(log, { end: false });
      child.stderr.pipe(log, { end: false });
      return child;
    };
    for (const extension of options.extensions ?? []) {
      const [status] = (await once(launch(["--install-extension", extension]), "exit")) as [number | null];
      if (status !== 0) throw new Error(`${extension} could not be installed; see ${folder}/server.log`);
    }
    const port = await freePort();
    const child = launch([
      ...["--host", "127.0.0.1", "--port", String(port)],
      "--without-connection-token",
      ...(options.forDevelopment ? ["--enable-smoke-test-driver"] : []),
      ...(options.restricted ? [] : ["--disable-workspace-trust"]),
      "--disable-telemetry",
    ]);
    const server = new VscodeServer(`http://127.0.0.1:${port}`, child, folder);
    try {
      await server.#answers();
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
    return server;
  }

  /** The address of a window on `folder`, on the folders of a .code-workspace file, or with null on none. */
  windowUrl(folder: string | null, payload: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams(opened(folder));
    if (Object.keys(payload).length > 0) query.set("payload", JSON.stringify(Object.entries(payload)));
    return `${this.origin}/?${query.toString()}`;
  }

  /** How a window of this server names a file of this machine. */
  remoteUri(path: string): string {
    return `vscode-remote://${new URL(this.origin).host}${path}`;
  }

  /** Ends the server with its extension hosts and terminals, and removes its folder. */
  async stop(): Promise<void> {
    const { pid } = this.#process;
    if (pid !== undefined) {
      const ended = this.#process.exitCode !== null || this.#process.signalCode !== null;
      const exit = ended ? undefined : once(this.#process, "exit");
      signalGroup(pid, "SIGTERM");
      await Promise.race([exit, pause(5000, undefined, { ref: false })]);
      signalGroup(pid, "SIGKILL");
      await exit;
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #answers(): Promise<void> {
    const limit = performance.now() + readyWithinMs;
    for (;;) {
      const response = await fetch(`${this.origin}/version`).catch(() => undefined);
      if (response?.ok) return;
      if (this.#process.exitCode !== null)
        throw new Error(`The VS Code server ended: ${this.#folder}/server.log`);
      if (performance.now() > limit)
        throw new Error(`The VS Code server is not ready: ${this.#folder}/server.log`);
      await pause(100);
    }
  }
}

function opened(folder: string | null): Record<string, string> {
  if (folder === null) return { ew: "true" };
  return folder.endsWith(".code-workspace") ? { workspace: folder } : { folder };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}
