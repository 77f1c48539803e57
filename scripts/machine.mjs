import { readFileSync, readdirSync, statSync } from "node:fs";
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
  return processes((pid) => readProc(pid, "environ").split("\0").includes(variable));
}

/**
 * The running programs of a user, except this one.
 * @param {number} uid
 */
export function processesOfUser(uid) {
  return processes((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === uid);
}

/**
 * The running programs, except this one, that were started with a path below a folder.
 * @param {string} folder
 */
export function processesNaming(folder) {
  return processes((pid) => readProc(pid, "cmdline").includes(`${folder}/`));
}

/**
 * @param {(pid: number) => boolean} isWanted
 * @returns {{pid: number, command: string}[]}
 */
function processes(isWanted) {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !isWanted(pid)) return [];
    const command = readProc(pid, "cmdline").replaceAll("\0", " ").trim();
    // A zombie has no command line; it waits for its parent and holds nothing.
    return command === "" ? [] : [{ pid, command }];
  });
}

/**
 * Mount points below a folder, and those of loop devices whose file lies below it; innermost first.
 * @param {string} folder
 */
export function mountsBelow(folder) {
  const devices = loopDevicesBelow(folder);
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => {
      const [fields = "", source = ""] = line.split(" - ");
      return {
        path: (fields.split(" ")[4] ?? "").replaceAll("\\040", " "),
        device: source.split(" ")[1] ?? "",
      };
    })
    .filter(({ path, device }) => path.startsWith(`${folder}/`) || devices.includes(device))
    .map(({ path }) => path)
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
