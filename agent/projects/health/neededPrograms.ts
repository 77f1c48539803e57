import type { Processes } from "../../host/processes.ts";
import type { Check } from "../../protocol/health.ts";
import { errorBody } from "../../protocol/errors.ts";
import type { PrivilegeMode } from "../../volumes/privileged/privileged.ts";

/** Programs that an agent starts which is root. For others the helper does, which looks for them itself. */
const packagesForRoot = { "mkfs.btrfs": "btrfs-progs", mount: "mount", umount: "mount", losetup: "mount" };

/** Programs that every agent starts, and the Debian package of each. */
const packagesForAll = {
  btrfs: "btrfs-progs",
  findmnt: "util-linux",
  find: "findutils",
  xargs: "findutils",
  cp: "coreutils",
  rm: "coreutils",
  tar: "tar",
  getfattr: "attr",
  setfattr: "attr",
};

/** Looks whether every program is there that an agent with these rights starts; the remedy names the Debian packages. */
export async function checkPrograms(
  processes: Processes,
  mode: PrivilegeMode,
  signal: AbortSignal,
): Promise<Check> {
  const name = "programs";
  const needed = Object.entries(mode === "root" ? { ...packagesForRoot, ...packagesForAll } : packagesForAll);
  const missing: [program: string, inPackage: string][] = [];
  for (const [program, inPackage] of needed) {
    try {
      await processes.run(program, ["--version"], { signal });
    } catch (thrown) {
      const { code } = errorBody(thrown);
      if (code === "CANCELLED") throw thrown;
      // One that is there and does not know the option is good enough.
      if (code === "TOOL_MISSING") missing.push([program, inPackage]);
    }
  }
  if (missing.length === 0) {
    return { name, ok: true, message: "All programs that are needed are installed.", remedy: null };
  }
  const wanted = [...new Set(missing.map(([, inPackage]) => inPackage))].join(" ");
  return {
    name,
    ok: false,
    message: `Some programs are missing: ${missing.map(([program]) => program).join(", ")}.`,
    remedy: `Run \`sudo apt-get install ${wanted}\`, or install what holds them on your system.`,
  };
}
