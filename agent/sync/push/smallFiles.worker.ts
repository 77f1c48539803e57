import { parentPort, workerData } from "node:worker_threads";
import { FrameMaker } from "../../repository/frameMaker.ts";
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
  /** Where the two may lie, if they fit. */
  readonly rooms: readonly [bytes: ArrayBuffer, compressed: ArrayBuffer];
}
export type ReadAnswer =
  | { readonly id: number; readonly read: ReadBytes }
  | { readonly id: number; readonly unreadable: Pick<UnreadableFile, "path" | "why"> }
  | { readonly id: number; readonly failure: unknown };

const root = String(workerData);
const frames = new FrameMaker();
let last = Promise.resolve();
parentPort?.on("message", (request: ReadRequest) => {
  last = last.then(() => serve(request));
});

async function serve({ id, files, rooms: [room, frameRoom] }: ReadRequest): Promise<void> {
  try {
    const bytes = readSmallFiles(root, files, room);
    const frame = copied(await frames.frame(bytes), frameRoom);
    answer({ id, read: { bytes, compressed: frame } }, [bytes.buffer, frame.buffer]);
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) answer({ id, unreadable: { path: thrown.path, why: thrown.why } });
    else answer({ id, failure: thrown });
  }
}

function copied(bytes: Uint8Array, room: ArrayBuffer): Uint8Array<ArrayBuffer> {
  if (bytes.length > room.byteLength) return Uint8Array.from(bytes);
  const copy = new Uint8Array(room, 0, bytes.length);
  copy.set(bytes);
  return copy;
}

function answer(message: ReadAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
