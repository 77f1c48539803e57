import { parentPort, workerData } from "node:worker_threads";
import { UnreadableFile, readSmallFiles, type SmallFile } from "./smallFiles.ts";

/* Reads small files for `SmallFileReaders`, on a thread of its own. */

/** What it is asked for, and what it answers. */
export interface ReadRequest {
  readonly id: number;
  readonly files: readonly SmallFile[];
}
export type ReadAnswer =
  | { readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly unreadable: Pick<UnreadableFile, "path" | "why"> }
  | { readonly id: number; readonly failure: unknown };

const root = String(workerData);
parentPort?.on("message", ({ id, files }: ReadRequest) => {
  try {
    const bytes = readSmallFiles(root, files);
    answer({ id, bytes }, [bytes.buffer]);
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) answer({ id, unreadable: { path: thrown.path, why: thrown.why } });
    else answer({ id, failure: thrown });
  }
});

function answer(message: ReadAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
