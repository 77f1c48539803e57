import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../lock.mjs";
import { cacheFolder } from "../paths.mjs";
import { ask, run } from "../programs.mjs";
import { asRoot, isRoot } from "../sudo.mjs";
import { say, showing } from "../terminal.mjs";

const groups = {
  /** Pools, and the programs that the agent starts: the same as in agent/projects/neededPrograms.ts. */
  pool: ["attr", "btrfs-progs", "coreutils", "findutils", "mount", "tar", "util-linux"],
  /** What the root-owned helper is called with and runs btrfs in, and what makes the accounts of its tests. */
  helper: ["bubblewrap", "passwd", "sudo"],
  /** What the native modules of VS Code's server are compiled with. */
  vscode: ["build-essential", "libkrb5-dev", "pkg-config", "python3"],
  /** What the tests compare volumes with; a terminal and a keyring for them. */
  agentTests: ["acl", "bsdutils", "dbus-bin", "dbus-daemon", "gnome-keyring", "libsecret-tools", "xz-utils"],
  /** A real S3 server. */
  s3: ["ceph-common", "ceph-mon", "ceph-osd", "radosgw"],
  /** What the safe copy is measured against, and on. */
  rivals: ["borgbackup", "linux-source-6.1", "linux-source-6.12", "postgresql", "restic", "rsync", "zstd"],
  /** The window itself. */
  browser: ["chromium", "fonts-dejavu-core"],
};

const policyFile = "/usr/sbin/policy-rc.d";
const ourPolicy = "#!/bin/sh\n# Written by Forkpoint's scripts while they install packages.\nexit 101\n";

/**
 * Installs the Debian packages of some groups that are not there yet. On a system without apt-get it says
 * what is needed and goes on.
 * @param {...keyof typeof groups} names
 */
export async function aptPackages(...names) {
  const wanted = [...new Set(names.flatMap((name) => groups[name]))];
  if (ask("apt-get", ["--version"]).missing) {
    say(
      `  No apt-get here. Make sure that what these Debian packages hold is installed: ${wanted.join(" ")}`,
    );
    return;
  }
  if (missingOf(wanted).length === 0) return;
  await withLock(join(cacheFolder, "locks", "apt"), async () => {
    const missing = missingOf(wanted);
    if (missing.length === 0) return;
    const before = asRoot("install Debian packages");
    await showing(`Debian packages: ${missing.join(" ")}`, async (progress) => {
      const watched = { log: "apt", onLine: (/** @type {string} */ line) => progress.detail(line) };
      const [program = "", ...rest] = [...before, "env", "DEBIAN_FRONTEND=noninteractive"];
      const apt = (/** @type {string[]} */ ...args) => run(program, [...rest, "apt-get", ...args], watched);
      const wait = ["-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"];
      await apt(...wait, "update");
      await withoutDaemons(async () => {
        // An installation that was interrupted has to be finished before another can begin.
        await run(program, [...rest, "dpkg", "--configure", "-a"], watched);
        await apt(...wait, "install", "-y", "--no-install-recommends", ...missing);
      });
    });
  });
}

/** @param {string[]} wanted */
function missingOf(wanted) {
  const { stdout } = ask("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...wanted]);
  const present = new Set(
    stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return wanted.filter((name) => !present.has(name));
}

/**
 * Keeps packages from starting their daemons while `work` runs. A policy of the machine's owner stays as
 * it is; one that a killed run of ours left behind is taken away.
 * @param {() => Promise<unknown>} work
 */
async function withoutDaemons(work) {
  const foreign = existsSync(policyFile) && readFileSync(policyFile, "utf8") !== ourPolicy;
  if (foreign || !isRoot) {
    await work();
    return;
  }
  writeFileSync(policyFile, ourPolicy, { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(policyFile, { force: true });
  }
}
