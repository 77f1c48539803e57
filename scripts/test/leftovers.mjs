import {
  loopDevicesBelow,
  mountsBelow,
  processesNaming,
  processesOfUser,
  processesWith,
  send,
} from "../machine.mjs";
import { ask } from "../programs.mjs";
import { accountsWith, removeAccount, removeRulesNaming } from "./accounts.mjs";
import { removeScratchFolder } from "./scratchFolder.mjs";

/**
 * What a test run has left on the machine: processes that carry its mark in their environment, mounts and
 * loop devices below its folder, accounts and their rights. Removes them, so that the next run starts clean.
 * @param {object} run
 * @param {string} run.folder
 * @param {string} run.mark the NAME=value that every process of the run inherits
 * @param {string} [run.accounts] what the names of the accounts it may make begin with
 * @returns {string[]} a line for each thing that was left
 */
export function removeLeftovers({ folder, mark, accounts }) {
  const left = accounts === undefined ? [] : accountsWith(accounts);
  const found = [
    ...endStrays({ folder, mark, uids: left.map(({ uid }) => uid) }),
    ...removeRulesNaming(folder).map((file) => `rights ${file}`),
  ];
  for (const { name } of left) {
    removeAccount(name);
    found.push(`account ${name}`);
  }
  // Folders from outside may be mounted there; what is in them is not the run's to delete.
  if (mountsBelow(folder).length > 0) throw new Error(`${folder} has mounts that cannot be taken away.`);
  removeScratchFolder(folder);
  return found;
}

/**
 * Ends the programs, mounts and loop devices that a run has left, and says what they were. Programs of root that
 * were started through sudo have another environment; they are known by the paths they were started with.
 * @param {{folder: string, mark: string, uids: readonly number[]}} run
 */
export function endStrays({ folder, mark, uids }) {
  const found = [];
  // Programs first: they keep mounts busy. Then mounts, innermost first, then the devices below them.
  const strays = [...uids.flatMap(processesOfUser), ...processesWith(mark), ...processesNaming(folder)];
  for (const { pid, command } of new Map(strays.map((stray) => [stray.pid, stray])).values()) {
    send(pid, "SIGKILL");
    found.push(`process ${pid}: ${command.slice(0, 200)}`);
  }
  for (const path of mountsBelow(folder)) {
    if (!ask("umount", [path]).ok) ask("umount", ["--lazy", path]);
    found.push(`mount ${path}`);
  }
  for (const device of loopDevicesBelow(folder)) {
    ask("losetup", ["--detach", device]);
    found.push(`loop device ${device}`);
  }
  return found;
}
