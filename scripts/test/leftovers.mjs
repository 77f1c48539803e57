import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../programs.mjs";

/** @typedef {{what: string, remove: () => void}} Leftover */

/**
 * What a test run has left on the machine: processes that carry its mark in their environment, mounts and
 * loop devices below its folder. Removes them, so that the next run starts clean.
 * @param {{folder: string, mark: string}} run `mark` is the NAME=value that every process of the run inherits
 * @returns {string[]} a line for each thing that was left
 */
export function removeLeftovers({ folder, mark }) {
  const found = [];
  // Programs first: they keep mounts busy. Then mounts, innermost first, then the devices below them.
  for (const find of [processes, mounts, loopDevices]) {
    for (const { what, remove } of find(folder, mark)) {
      remove();
      found.push(what);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return found;
}

/** @param {string} _folder @param {string} mark @returns {Leftover[]} */
function processes(_folder, mark) {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (
      !Number.isInteger(pid) ||
      pid === process.pid ||
      !readProc(pid, "environ").split("\0").includes(mark)
    ) {
      return [];
    }
    const command = readProc(pid, "cmdline").replaceAll("\0", " ").trim();
    // A zombie has no command line; it waits for its parent and holds nothing.
    if (command === "") return [];
    return [{ what: `process ${pid}: ${command.slice(0, 200)}`, remove: () => kill(pid) }];
  });
}

/** @param {number} pid @param {string} file */
function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch (thrown) {
    // It ended since, or belongs to another user.
    if (
      ["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(
        /** @type {NodeJS.ErrnoException} */ (thrown).code ?? "",
      )
    ) {
      return "";
    }
    throw thrown;
  }
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if (/** @type {NodeJS.ErrnoException} */ (thrown).code !== "ESRCH") throw thrown;
  }
}

/**
 * Mount points below a folder, innermost first.
 * @param {string} folder
 */
export function mountsBelow(folder) {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => (line.split(" ")[4] ?? "").replaceAll("\\040", " "))
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse();
}

/** @param {string} folder @returns {Leftover[]} */
function mounts(folder) {
  return mountsBelow(folder).map((path) => ({
    what: `mount ${path}`,
    remove: () => void (ask("umount", [path]).ok || ask("umount", ["--lazy", path])),
  }));
}

/**
 * Loop devices whose backing file lies below a folder.
 * @param {string} folder
 */
export function loopDevicesBelow(folder) {
  return readdirSync("/sys/block")
    .filter((name) => name.startsWith("loop"))
    .flatMap((name) => {
      try {
        const file = readFileSync(join("/sys/block", name, "loop/backing_file"), "utf8").trim();
        return file.startsWith(`${folder}/`) ? [`/dev/${name}`] : [];
      } catch (thrown) {
        // Not in use.
        if (/** @type {NodeJS.ErrnoException} */ (thrown).code === "ENOENT") return [];
        throw thrown;
      }
    });
}

/** @param {string} folder @returns {Leftover[]} */
function loopDevices(folder) {
  return loopDevicesBelow(folder).map((device) => ({
    what: `loop device ${device}`,
    remove: () => void ask("losetup", ["--detach", device]),
  }));
}
