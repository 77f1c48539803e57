import type { NodeSource } from "./nodeSource.ts";
import type { SetupGround } from "./pieces.ts";
import type { UserAccount } from "./userAccount.ts";

/** What is going to be installed and why, for whoever is asked to agree. */
export function setupWords(
  { places, systemd }: SetupGround,
  user: UserAccount,
  node: NodeSource,
  packages: readonly string[],
  removal: string,
): string {
  const rows: [string, string][] = [
    [places.lib, `the helper, and a Node ${node.version} of its own, a copy of ${node.file}`],
    [places.state, "its register of pools, its log, and the folders at which pools are mounted"],
    [places.sudoers, `lets ${user.name} start the helper, and nothing else, without a password`],
    ...(systemd ? [[places.unit, "mounts the pools when the machine starts"] as [string, string]] : []),
    ...(packages.length > 0 ? [["Debian packages", packages.join(" ")] as [string, string]] : []),
  ];
  const widest = Math.max(...rows.map(([what]) => what.length));
  return [
    `This lets ${user.name} use Forkpoint without being root.`,
    "",
    "Linux lets only root make and mount file systems, and read or write whole snapshots. The helper is a small",
    `program that does these things for ${user.name}, on pool files that ${user.name} owns and on nothing else. It gives`,
    "nobody a shell, and it mounts pools so that no program in them can become root.",
    "",
    "It puts in place, all of it root's and writable by nobody else:",
    "",
    ...rows.map(([what, why]) => `  ${what.padEnd(widest)}  ${why}`),
    "",
    `To take all of it back: ${removal}`,
  ].join("\n");
}
