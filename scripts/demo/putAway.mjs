import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { loopDevicesBelow, mountsBelow, processesWith, send } from "../machine.mjs";
import { ask } from "../programs.mjs";
import { mountedBelow, unmountThroughHelper } from "./helper.mjs";
import { forkpointOf } from "./workspace.mjs";

const patienceMs = 10_000;

/**
 * Ends every process of the demo, unmounts its pool and frees the loop device; the data stays. Also cleans
 * up after a start that was killed.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 * @param {{node: string, env: NodeJS.ProcessEnv}} node24
 * @returns {Promise<string[]>} what could not be put away
 */
export async function putAway(folders, node24) {
  const mark = folders.mark.join("=");
  const agentFile = join(folders.home, "agent.json");
  const isAgent = (/** @type {{command: string}} */ { command }) =>
    /\/agent\/main\.(?:mjs|ts)\b/.test(command);
  // Editors and terminals first, so that none of them starts an agent again; then the agent in its own way.
  await end(() => processesWith(mark).filter((each) => !isAgent(each)));
  if (existsSync(agentFile)) await forkpointOf(folders, node24)("agent", "stop");
  await end(() => processesWith(mark));
  await unmount(folders.demo);
  for (const device of loopDevicesBelow(folders.demo)) ask("losetup", ["--detach", device]);
  return [
    ...processesWith(mark).map(({ pid, command }) => `process ${pid}: ${command}`),
    ...mountsBelow(folders.demo).map((path) => `mount ${path}`),
    ...mountedBelow(folders.demo).map(({ name }) => `mount ${name}`),
    ...(await loopDevicesLeft(folders.demo)),
  ];
}

/**
 * Tries again for a while: what the agent called as root ends a moment after it, and holds the pool until then.
 * @param {string} folder
 */
async function unmount(folder) {
  const mounted = () => [...mountsBelow(folder), ...mountedBelow(folder)].length > 0;
  for (const limit = Date.now() + patienceMs; mounted() && Date.now() < limit; await pause(100)) {
    unmountThroughHelper(folder);
    for (const path of mountsBelow(folder)) ask("umount", [path]);
  }
}

/** @param {() => {pid: number}[]} running asks to end, waits, and then does not ask any more */
async function end(running) {
  for (const { pid } of running()) send(pid, "SIGTERM");
  for (const limit = Date.now() + patienceMs; running().length > 0 && Date.now() < limit;) await pause(50);
  for (const { pid } of running()) send(pid, "SIGKILL");
  for (const limit = Date.now() + patienceMs; running().length > 0 && Date.now() < limit;) await pause(50);
}

/**
 * The kernel frees a loop device a moment after its last user is gone.
 * @param {string} folder
 */
async function loopDevicesLeft(folder) {
  for (let tries = 0; tries < 20 && loopDevicesBelow(folder).length > 0; tries++) await pause(50);
  return loopDevicesBelow(folder).map((device) => `loop device ${device}`);
}
