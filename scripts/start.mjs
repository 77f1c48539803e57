import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoFolders } from "./demo/demoFolders.mjs";
import { editorCommand, startEditor } from "./demo/editor.mjs";
import { setUpHelper } from "./demo/helper.mjs";
import { installExtension } from "./demo/extension.mjs";
import { putAway } from "./demo/putAway.mjs";
import { makeWorkspace } from "./demo/workspace.mjs";
import { withLock } from "./lock.mjs";
import { checkout } from "./paths.mjs";
import { ScriptError, runMain, stopPrograms } from "./programs.mjs";
import { aptPackages } from "./steps/aptPackages.mjs";
import { node24 } from "./steps/node24.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { say, showing } from "./terminal.mjs";

/** @typedef {import("./demo/demoFolders.mjs").DemoFolders} DemoFolders */

/**
 * Ctrl-C, or what a service manager sends. The terminal may send it twice, itself and through npm.
 * @returns {Promise<void>}
 */
function untilAskedToEnd() {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve());
  });
}

async function start() {
  if (process.platform !== "linux") {
    throw new ScriptError(
      "Workspaces live on btrfs, a file system of Linux.",
      "Run this on Linux, or in WSL.",
    );
  }
  const folders = demoFolders();
  mkdirSync(folders.demo, { recursive: true, mode: 0o700 });
  const asked = untilAskedToEnd();
  const address = join(folders.demo, "address");
  const busy = () => {
    const where = existsSync(address) ? readFileSync(address, "utf8") : "";
    return new ScriptError("It is running already, from another terminal.", where);
  };
  await withLock(join(folders.demo, "lock"), () => runUntil(asked, folders, address), busy);
}

/**
 * @param {Promise<void>} asked
 * @param {DemoFolders} folders
 * @param {string} addressFile where another `npm start` finds the address
 */
async function runUntil(asked, folders, addressFile) {
  say("Forkpoint");
  rmSync(addressFile, { force: true });
  const opening = open(folders);
  try {
    const opened = await Promise.race([opening, asked]);
    if (!opened) return;
    writeFileSync(addressFile, opened.address);
    say(`\n  Forkpoint runs here:  ${opened.address}\n\n  Press Ctrl-C to stop it.\n`);
    if ((await Promise.race([asked, opened.ended])) === "ended") {
      throw new ScriptError(
        "The editor has ended by itself.",
        `Its log: ${join(folders.editor, "editor.log")}`,
      );
    }
  } finally {
    // What still goes on, one program after another, fails now; the reason is known.
    const stopping = setInterval(stopPrograms, 100);
    await opening.catch(() => undefined);
    clearInterval(stopping);
    await showing("Stop the editor and the agent, unmount the pool", async () => {
      const stuck = await putAway(folders, await node24());
      if (stuck.length > 0) throw new ScriptError(`Still there:\n  ${stuck.join("\n  ")}`);
    });
  }
}

/**
 * Installs what is missing, cleans up after a start that was killed, and opens the editor.
 * @param {DemoFolders} folders
 */
async function open(folders) {
  await aptPackages("pool", "vscode", "helper");
  const { node, env } = await node24();
  await npmPackages(checkout, "npm packages", env);
  const left = await putAway(folders, { node, env });
  if (left.length > 0) throw new ScriptError(`An earlier start left this behind:\n  ${left.join("\n  ")}`);
  const editorArgs = await editorCommand(folders);
  await installExtension(folders, { node, env, editorArgs });
  await setUpHelper({ node });
  const folder = await makeWorkspace(folders, { node, env });
  const { address, child } = await showing("Editor", () =>
    startEditor(folders, { folder, node, env, editorArgs }),
  );
  if (process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"]) openBrowser(address);
  return { address, ended: new Promise((resolve) => child.once("exit", () => resolve("ended"))) };
}

/** @param {string} address */
function openBrowser(address) {
  const opener = spawn("xdg-open", [address], { stdio: "ignore", detached: true });
  opener.on("error", () => say("  Open the address below in a browser."));
  opener.unref();
}

runMain(start);
