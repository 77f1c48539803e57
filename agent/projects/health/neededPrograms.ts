import type { Processes } from "../../host/processes.ts";
import type { Check } from "../../protocol/entities.ts";
import { errorBody } from "../../protocol/errors.ts";

/** Programs the agent starts, and the Debian package of each. */
const packages = {
  btrfs: "btrfs-progs",
  "mkfs.btrfs": "btrfs-progs",
  mount: "mount",
  umount: "mount",
  losetup: "mount",
  findmnt: "util-linux",
  find: "findutils",
  xargs: "findutils",
  cp: "coreutils",
  rm: "coreutils",
  tar: "tar",
  getfattr: "attr",
  setfattr: "attr",
} as const;

/** Looks whether every program that the agent starts is there; the remedy names the Debian packages. */
export async function checkPrograms(processes: Processes, signal: AbortSignal): Promise<Check> {
  const name = "programs";
  const missing: (keyof typeof packages)[] = [];
  for (const program of Object.keys(packages) as (keyof typeof packages)[]) {
    try {
      await processes.run(program, ["--version"], { signal });
    } catch (thrown) {
      const { code } = errorBody(thrown);
      if (code === "CANCELLED") throw thrown;
      // One that is there and does not know the option is good enough.
      if (code === "TOOL_MISSING") missing.push(program);
    }
  }
  if (missing.length === 0) {
    return { name, ok: true, message: "All programs that are needed are installed.", remedy: null };
  }
  const wanted = [...new Set(missing.map((program) => packages[program]))].join(" ");
  return {
    name,
    ok: false,
    message: `Some programs are missing: ${missing.join(", ")}.`,
    remedy: `Run \`sudo apt-get install ${wanted}\`, or install what holds them on your system.`,
  };
}
