import { geteuid } from "node:process";
import type { LongCall } from "../host/longCall.ts";
import { ProcessFailed, type Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { countEntries } from "./folderWalk.ts";
import { FolderProof } from "./folderProof.ts";
import { asPoolError } from "./poolErrors.ts";
import { unreadable } from "./unreadable.ts";

const lineFeed = 0x0a;

/** Copies folders with everything they hold, and proves the copies. */
export class FolderCopy {
  readonly #processes: Processes;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  /**
   * Looks whether this user can copy all of `source`, and tells how many entries will belong to him instead of
   * to their owners; none for root.
   * @throws ForkpointError FILES_UNREADABLE naming what he may not read, or make: devices; CANCELLED
   */
  async checkRights(source: string, signal: AbortSignal): Promise<number> {
    if (geteuid?.() === 0) return 0;
    const run = async (...tests: string[]) => {
      const args = [".", "-xdev", ...tests];
      const { stdout } = await this.#processes.run("find", args, { cwd: source, signal });
      return stdout
        .toString("latin1")
        .split("\0")
        .slice(0, -1)
        .map((name) => Buffer.from(name, "latin1"));
    };
    const closed = ["-type", "d", "(", "!", "-readable", "-o", "!", "-executable", ")", "-prune"];
    const unread = ["(", "-type", "f", "!", "-readable", ")", "-o", "-type", "b", "-o", "-type", "c"];
    const refused = await run("(", ...closed, "-o", ...unread, ")", "-printf", "%P\\0");
    if (refused.length > 0) throw unreadable(source, refused);
    return (await run("!", "-uid", String(geteuid?.()), "-printf", "%P\\0")).length;
  }

  /**
   * Fills `destination`, an empty directory that exists, with all of `source`: owners, modes, times to the
   * nanosecond, extended attributes, ACLs, hard links, holes, devices. Shares blocks where both lie on one file
   * system that can. What was copied stays when it fails or is cancelled.
   * @throws ForkpointError POOL_FULL, POOL_READ_ONLY, COPY_MISMATCH when something vanished, CANCELLED
   */
  async copy(folders: { source: string; destination: string }, call: LongCall): Promise<void> {
    const { source, destination } = folders;
    const total = await countEntries(Buffer.from(source), call.signal);
    const report = (done: number) =>
      call.report({ message: "Copying", done, total, unit: "files", rate: null });
    report(0);
    // Asked for by name, attributes that only root may set would be a failure.
    const attributes = geteuid?.() === 0 ? ["--preserve=xattr"] : [];
    const args = ["--archive", ...attributes, "--reflink=auto", "--sparse=auto", "--verbose"];
    const { child, ended } = this.#processes.stream("cp", [...args, "--", `${source}/.`, `${destination}/`], {
      signal: call.signal,
    });
    let done = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      const before = done;
      // One line for each entry; a name with a line feed in it counts as more than one.
      for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) done++;
      if (done - (before % 200) >= 200) report(Math.min(done, total));
    });
    try {
      await ended;
    } catch (thrown) {
      throw asCopyError(thrown, source, destination);
    }
    report(total);
  }

  /**
   * Reads both folders to the end and compares all that can be compared: names, types, owners, modes,
   * times of change to the nanosecond, extended attributes, ACLs, hard links, devices, and every byte. What only
   * root can copy, as the owner, is compared for root only.
   * @throws ForkpointError COPY_MISMATCH naming the first path that differs; CANCELLED
   */
  async proveEqual(folders: { source: string; copy: string }, call: LongCall): Promise<void> {
    await new FolderProof(this.#processes, folders, call).run();
  }
}

function asCopyError(thrown: unknown, source: string, destination: string): unknown {
  if (thrown instanceof ProcessFailed && thrown.stderr.includes(": No such file or directory")) {
    return new ForkpointError("COPY_MISMATCH", `Something in ${source} vanished while it was copied.`, {
      cause: thrown,
    });
  }
  return asPoolError(thrown, destination);
}
