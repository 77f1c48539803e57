import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkout } from "../paths.mjs";
import { ScriptError } from "../programs.mjs";
import { codeServer } from "../steps/codeServer.mjs";

const firstPort = 8090;
const portsToTry = 50;
const readyWithinMs = 60_000;

/** What the demo's editor shows at first: the sample's README, and no other product's news. */
const settings = {
  "workbench.startupEditor": "readme",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "chat.disableAIFeatures": true,
};

/**
 * The arguments for the editor's program that put all of its state below the demo's folder.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 */
export async function editorCommand({ editor }) {
  const { entry } = await codeServer();
  return [
    entry,
    ...["--config", join(editor, "config.yaml")],
    ...["--user-data-dir", join(editor, "user")],
    ...["--extensions-dir", join(editor, "extensions")],
  ];
}

/**
 * Starts the editor on a folder, on the first free port of this machine only.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 * @param {{folder: string, node: string, env: NodeJS.ProcessEnv, editorArgs: readonly string[]}} how
 * @returns {Promise<{address: string, child: import("node:child_process").ChildProcess}>}
 */
export async function startEditor(folders, { folder, node, env, editorArgs }) {
  writeSettings(folders);
  const port = await freePort();
  const log = join(folders.editor, "editor.log");
  const output = openSync(log, "a");
  const args = [
    ...editorArgs,
    ...["--bind-addr", `127.0.0.1:${port}`, "--auth", "none"],
    ...["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"],
    ...["--disable-getting-started-override", "--app-name", "Forkpoint"],
  ];
  const [markName, markValue] = folders.mark;
  // A group of its own: Ctrl-C in this terminal must not reach it before the workspace is put away.
  const child = spawn(node, args, {
    detached: true,
    stdio: ["ignore", output, output],
    env: {
      ...process.env,
      ...env,
      PATH: [folders.bin, env["PATH"]].join(delimiter),
      FORKPOINT_HOME: folders.home,
      FORKPOINT_NODE: node,
      [markName]: markValue,
    },
  });
  const origin = `http://127.0.0.1:${port}`;
  const limit = Date.now() + readyWithinMs;
  while (!(await answers(origin))) {
    if (child.exitCode !== null || Date.now() > limit) {
      throw new ScriptError("The editor does not start.", `What it printed: ${log}`);
    }
    await pause(100);
  }
  return { address: `${origin}/?folder=${encodeURIComponent(folder).replaceAll("%2F", "/")}`, child };
}

/** @param {string} origin */
async function answers(origin) {
  try {
    return (await fetch(`${origin}/healthz`)).ok;
  } catch {
    // Not listening yet; the caller knows when to give up.
    return false;
  }
}

/** @param {import("./demoFolders.mjs").DemoFolders} folders */
function writeSettings({ editor, bin }) {
  const file = join(editor, "user", "User", "settings.json");
  mkdirSync(join(file, ".."), { recursive: true });
  if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, "forkpoint"), { force: true });
  symlinkSync(join(checkout, "bin/forkpoint.mjs"), join(bin, "forkpoint"));
}

async function freePort() {
  for (let port = firstPort; port < firstPort + portsToTry; port++) {
    const free = await new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new ScriptError(`The ports ${firstPort} to ${firstPort + portsToTry - 1} are all taken.`);
}
