import { parentPort, workerData } from "node:worker_threads";
import { compressed } from "../../repository/blob.ts";
import { UnreadableFile, readSmallFiles, type SmallFile } from "./smallFiles.ts";

/* Reads and compresses small files for `SmallFileReaders`, on a thread of its own. */

/** What files hold, one after the other, and the zstd frame of that. */
export interface ReadBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compressed: Uint8Array<ArrayBuffer> | null;
}

/** What it is asked for, and what it answers. */
export interface ReadRequest {
  readonly id: number;
  readonly files: readonly SmallFile[];
}
export type ReadAnswer =
  | { readonly id: number; readonly read: ReadBytes }
  | { readonly id: number; readonly unreadable: Pick<UnreadableFile, "path" | "why"> }
  | { readonly id: number; readonly failure: unknown };

const root = String(workerData);
parentPort?.on("message", ({ id, files }: ReadRequest) => {
  try {
    const bytes = readSmallFiles(root, files);
    const frame = Uint8Array.from(compressed(bytes));
    answer({ id, read: { bytes, compressed: frame } }, [bytes.buffer, frame.buffer]);
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) answer({ id, unreadable: { path: thrown.path, why: thrown.why } });
    else answer({ id, failure: thrown });
  }
});

function answer(message: ReadAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
