import type { Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Piece } from "./piece.ts";
import { findProgram } from "./systemPrograms.ts";

/** What the helper and the agent start, and the Debian package of each. */
const packages = {
  btrfs: "btrfs-progs",
  "mkfs.btrfs": "btrfs-progs",
  bwrap: "bubblewrap",
  sudo: "sudo",
  visudo: "sudo",
  mount: "mount",
  umount: "mount",
  losetup: "mount",
  findmnt: "util-linux",
  getfattr: "attr",
  setfattr: "attr",
  getfacl: "acl",
} as const;

/** The programs that the helper and the agent start. Taking the set-up back leaves them. */
export class NeededPackages implements Piece {
  readonly name = "programs";
  readonly #processes: Processes;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  async problem(): Promise<string | undefined> {
    const missing = await this.missing();
    return missing.length === 0 ? undefined : `Some programs are missing, of ${missing.join(", ")}.`;
  }

  /** The Debian packages whose programs are not here. */
  async missing(): Promise<string[]> {
    const missing = new Set<string>();
    for (const [program, name] of Object.entries(packages)) {
      if ((await findProgram(program)) === undefined) missing.add(name);
    }
    return [...missing];
  }

  /** @throws ForkpointError TOOL_MISSING on a system without apt-get; ProcessFailed */
  async mend(): Promise<void> {
    const missing = await this.missing();
    if ((await findProgram("apt-get")) === undefined) {
      throw new ForkpointError("TOOL_MISSING", `Some programs are missing, of ${missing.join(", ")}.`, {
        hint: "Install them with your system's own package manager (these are the names in Debian), and run the set-up again.",
      });
    }
    const apt = (...args: string[]) =>
      this.#processes.run("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", ...wait, ...args]);
    await apt("update");
    await apt("install", "--yes", "--no-install-recommends", "--", ...missing);
  }
}

/** Another installation may be under way. */
const wait = ["-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"];
