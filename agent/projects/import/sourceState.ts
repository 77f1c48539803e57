import { createHash } from "node:crypto";
import { lstat } from "node:fs/promises";
import { geteuid } from "node:process";
import type { LongCall } from "../../host/longCall.ts";
import type { Processes } from "../../host/processes.ts";

/** What a folder's content looked like from outside at one moment. */
export interface SourceState {
  /** Moves when anything inside is written, renamed, or changes its attributes. */
  readonly digest: string;
  /** A path inside it that lies on another file system or subvolume; null when there is none. */
  readonly foreign: string | null;
  /** A folder inside it that is not empty and that this user may not empty; null when there is none. */
  readonly kept: string | null;
}

/**
 * Looks at every entry below `folder`, not at the folder itself, so that renaming it changes nothing.
 * It reads no file: the kernel sets the change time of whatever is touched, and no program can set it back.
 */
export async function readSourceState(
  processes: Processes,
  folder: string,
  call: Pick<LongCall, "signal">,
): Promise<SourceState> {
  const format = "%D %i %n %m %U %G %s %T@ %C@ %P\\0";
  const { stdout } = await processes.run("find", [folder, "-xdev", "-mindepth", "1", "-printf", format], {
    signal: call.signal,
  });
  const { dev } = await lstat(folder);
  const others = [
    "-xdev",
    "-mindepth",
    "1",
    "-type",
    "d",
    "!",
    "-user",
    String(geteuid?.()),
    "!",
    "-writable",
  ];
  const kept =
    geteuid?.() === 0
      ? ""
      : (
          await processes.run("find", [folder, ...others, "!", "-empty", "-printf", "%P\\0", "-quit"], {
            signal: call.signal,
          })
        ).stdout.toString("utf8");
  return {
    kept: kept === "" ? null : kept.slice(0, -1),
    digest: createHash("sha256").update(stdout).digest("hex"),
    foreign: foreignPath(stdout, dev),
  };
}

function foreignPath(listing: Buffer, device: number): string | null {
  const own = Buffer.from(`${device} `);
  for (let start = 0; start < listing.length;) {
    const end = listing.indexOf(0, start);
    if (!listing.subarray(start, start + own.length).equals(own)) {
      return listing.subarray(start, end).toString("utf8").split(" ").slice(9).join(" ");
    }
    start = end + 1;
  }
  return null;
}
