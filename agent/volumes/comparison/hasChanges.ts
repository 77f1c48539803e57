import { lstat } from "node:fs/promises";
import { joinBytes } from "../bytePaths.ts";
import type { Privileged } from "../privileged/privileged.ts";
import { readSendStream } from "../sendStream/reader.ts";

/** Commands that say nothing about content by themselves. */
const silent = new Set(["subvol", "snapshot", "end"]);

/**
 * Whether `to` differs from `from`, its ancestor in one timeline. Stops reading at the first difference,
 * so that the answer is cheap when the change is large. Access times and times of directories do not count.
 */
export async function hasChanges(
  privileged: Privileged,
  snapshots: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<boolean> {
  const bytes = privileged.send(snapshots.to, { parent: snapshots.from, noData: true }, signal);
  const touched: Buffer[] = [];
  for await (const command of readSendStream(bytes)) {
    if (command.kind === "utimes") touched.push(command.path);
    else if (!silent.has(command.kind)) return true;
  }
  for (const path of touched) {
    const [before, after] = await Promise.all(
      [snapshots.from, snapshots.to].map((root) =>
        lstat(joinBytes(Buffer.from(root), path), { bigint: true }),
      ),
    );
    if (!after?.isDirectory() && before?.mtimeNs !== after?.mtimeNs) return true;
  }
  return false;
}
