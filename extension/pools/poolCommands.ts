import { statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Pool } from "../../agent/protocol/pool.ts";
import { forkpointHome } from "../../agent/protocol/home.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askText } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { offer } from "../feedback/reportError.ts";
import { Dismissed, NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { formatBytes, parseSize } from "../wording/sizes.ts";
import { poolSizeProblem, suggestPoolSize } from "./poolSize.ts";

/** Makes the place in which workspaces live. */
export class PoolCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;

  constructor(connection: AgentConnection, session: ProjectSession) {
    this.#connection = connection;
    this.#session = session;
  }

  async create(): Promise<Pool> {
    await this.#session.requireAgent();
    const { agent } = await this.#connection.call("project/status", {});
    if (agent.privileges === "none") {
      throw new NextStep(
        l10n.t("Only root can make a pool. Set up the helper first, once; it does that for you."),
        "forkpoint.setUpHelper",
        "forkpoint.adoptPool",
      );
    }
    const image = await askText({
      title: l10n.t("Create pool (1 of 2)"),
      prompt: l10n.t("The file that holds the pool. It grows as you use it."),
      value: join(forkpointHome(process.env), "pools", "main.img"),
      validateInput: (text) => (isAbsolute(text) ? null : l10n.t("Type an absolute path.")),
    });
    const free = await freeBytes(image);
    const size = await askText({
      title: l10n.t("Create pool (2 of 2)"),
      prompt: l10n.t("How large it may grow. {free} are free there.", { free: formatBytes(free) }),
      value: formatBytes(suggestPoolSize(free)).replaceAll(" ", ""),
      validateInput: (text) => poolSizeProblem(text, free),
    });
    const pool = await longOperation(l10n.t("Creating the pool"), (call) =>
      this.#connection.call("pool/create", { image, size: parseSize(size) ?? 0 }, call),
    );
    await this.#offerImport(l10n.t("The pool is ready."));
    return pool;
  }

  async adopt(): Promise<Pool> {
    await this.#session.requireAgent();
    const chosen = await vscode.window.showOpenDialog({
      title: l10n.t("Adopt a mounted btrfs file system as a pool"),
      openLabel: l10n.t("Adopt"),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(homedir()),
    });
    const folder = chosen?.[0];
    if (!folder) throw new Dismissed();
    const pool = await this.#connection.call("pool/adopt", { path: folder.fsPath });
    await this.#offerImport(l10n.t("{path} is a pool now.", { path: pool.path }));
    return pool;
  }

  async #offerImport(message: string): Promise<void> {
    await this.#session.reload();
    const next = this.#session.state.kind === "no-project" ? (["forkpoint.importFolder"] as const) : [];
    offer(vscode.window.showInformationMessage, message, next);
  }
}

/** Free bytes where a file would be made, which need not exist yet. */
async function freeBytes(file: string): Promise<number> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const space = await statfs(folder).catch((thrown: unknown) => {
      const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
      if (missing && folder !== "/") return null;
      throw thrown;
    });
    if (space) return space.bavail * space.bsize;
  }
}
