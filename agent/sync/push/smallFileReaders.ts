import { Worker } from "node:worker_threads";
import { UnreadableFile, readSmallFiles, type SmallFile } from "./smallFiles.ts";
import type { ReadAnswer, ReadBytes, ReadRequest } from "./smallFiles.worker.ts";

/** They wait for the disk when nothing is cached. Each further one takes some 10 MiB and is not faster on two cores. */
const threads = 2;
/** Of a buffer that goes to a thread and back. What is read at once fits, and is rarely longer when it is compressed. */
const roomBytes = 256 * 1024 + 4096;
/** Starting threads takes as long as reading so many files here. */
const filesHere = 500;

const extension = import.meta.url.endsWith(".ts") ? "ts" : "mjs";

interface Waiting {
  readonly resolve: (read: ReadBytes) => void;
  readonly reject: (failure: unknown) => void;
}

/**
 * Reads small files of a snapshot: the first few at once, and once there are many on threads, which read ahead
 * and compress while the caller works on what was read before.
 */
export class SmallFileReaders {
  readonly #root: string;
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, Waiting>();
  /** Buffers to be used again: as garbage, they would lie about on five heaps until each is collected. */
  readonly #spare: ArrayBuffer[] = [];
  #read = 0;
  #requests = 0;
  #failure: Error | null = null;

  /** @param root the snapshot's path with a slash at its end, one character a byte */
  constructor(root: string) {
    this.#root = root;
  }

  /** The bytes of all of them, one after the other. @throws UnreadableFile, and what the system says */
  read(files: readonly SmallFile[]): Promise<ReadBytes> {
    this.#read += files.length;
    if (this.#read <= filesHere) {
      return new Promise((resolve) =>
        resolve({ bytes: readSmallFiles(this.#root, files), compressed: null }),
      );
    }
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#requests++;
    while (this.#workers.length < threads) this.#workers.push(this.#start());
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const rooms = [this.#room(), this.#room()] as const;
      const request: ReadRequest = { id, files, rooms };
      this.#workers[id % threads]?.postMessage(request, rooms);
    });
  }

  /** Nobody uses what was read any more. */
  release({ bytes, compressed }: ReadBytes): void {
    for (const buffer of [bytes.buffer, compressed?.buffer]) {
      if (buffer?.byteLength === roomBytes) this.#spare.push(buffer);
    }
  }

  /** Ends the threads; what was asked for and not yet answered is never answered. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./smallFiles.worker.${extension}`, import.meta.url), {
      workerData: this.#root,
      name: "small files",
    });
    worker.on("message", (answer: ReadAnswer) => this.#take(answer));
    worker.on("error", (failure) => {
      this.#failure = failure instanceof Error ? failure : new Error(String(failure));
      for (const { reject } of this.#waiting.values()) reject(this.#failure);
      this.#waiting.clear();
    });
    return worker;
  }

  #room(): ArrayBuffer {
    return this.#spare.pop() ?? new ArrayBuffer(roomBytes);
  }

  #take(answer: ReadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("read" in answer) waiting?.resolve(answer.read);
    else if ("failure" in answer) waiting?.reject(answer.failure);
    else waiting?.reject(new UnreadableFile(answer.unreadable.path, answer.unreadable.why));
  }
}
