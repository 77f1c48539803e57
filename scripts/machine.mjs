import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/*
 * What runs and what is mounted on this Linux machine, read from the kernel.
 */

/**
 * The running programs, except this one, that have a variable in their environment. They inherit it, so it
 * finds whatever was started below the one that was given it, daemons included.
 * @param {string} variable NAME=value
 * @returns {{pid: number, command: string}[]}
 */
export function processesWith(variable) {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    if (!readProc(pid, "environ").split("\0").includes(variable)) return [];
    const command = readProc(pid, "cmdline").replaceAll("\0", " ").trim();
    // A zombie has no command line; it waits for its parent and holds nothing.
    return command === "" ? [] : [{ pid, command }];
  });
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

/**
 * Loop devices whose backing file lies below a folder.
 * @param {string} folder
 */
export function loopDevicesBelow(folder) {
  return readdirSync("/sys/block")
    .filter((name) => name.startsWith("loop"))
    .flatMap((name) => {
      const file = readIfThere(join("/sys/block", name, "loop/backing_file")).trim();
      return file.startsWith(`${folder}/`) ? [`/dev/${name}`] : [];
    });
}

/**
 * Sends a signal; a process that has ended since is fine.
 * @param {number} pid negative for a process group
 * @param {NodeJS.Signals} signal
 */
export function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if (codeOf(thrown) !== "ESRCH") throw thrown;
  }
}

/** @param {number} pid @param {string} file */
function readProc(pid, file) {
  return readIfThere(`/proc/${pid}/${file}`);
}

/**
 * @param {string} file
 * @returns {string} nothing when the process or device is gone, or another user's
 */
function readIfThere(file) {
  try {
    return readFileSync(file, "latin1");
  } catch (thrown) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM", "ENXIO"].includes(codeOf(thrown))) return "";
    throw thrown;
  }
}

/** @param {unknown} thrown */
function codeOf(thrown) {
  return /** @type {NodeJS.ErrnoException} */ (thrown).code ?? "";
}
