import { statfsSync } from "node:fs";
import type { StreamCommand } from "../sendStream/commands.ts";
import { copyRange } from "./copyRange.ts";
import { ReceivedPaths } from "./receivedPaths.ts";
import type { SharedRange, SystemCalls } from "./systemCalls.ts";

/** The read-only snapshot that a stream builds on. */
export interface StreamParent {
  /** Its absolute path. */
  readonly path: string;
  /** What the stream calls it. */
  readonly uuid: Buffer;
}

/** Ranges that one call of a program is asked for. */
const mostPending = 2000;

/**
 * Copies out of a stream's parent. Whole blocks are shared, many at once; what lies in blocks only in part is copied,
 * and so is everything where the target lies at another place in its block than the source.
 */
export class SharedCopies {
  readonly #parent: StreamParent;
  readonly #paths: ReceivedPaths;
  readonly #calls: SystemCalls;
  readonly #blockBytes: number;
  #pending: SharedRange[] = [];
  /** The files that wait, as Latin-1. */
  readonly #waiting = new Set<string>();

  constructor(parent: StreamParent, calls: SystemCalls) {
    this.#parent = parent;
    this.#paths = new ReceivedPaths(parent.path);
    this.#calls = calls;
    this.#blockBytes = statfsSync(parent.path).bsize;
  }

  isFrom(uuid: Buffer): boolean {
    return uuid.equals(this.#parent.uuid);
  }

  /** @param target open, and `targetPath` where it lies, absolute */
  async add(command: StreamCommand & { kind: "clone" }, target: number, targetPath: Buffer): Promise<void> {
    const { offset, length, cloneOffset } = command;
    const source = this.#paths.inner(command.clonePath);
    const end = offset + length;
    const isAligned = (offset - cloneOffset) % this.#blockBytes === 0;
    const first = isAligned ? Math.min(roundUp(offset, this.#blockBytes), end) : end;
    const last = isAligned ? Math.max(end - (end % this.#blockBytes), first) : end;
    const shift = cloneOffset - offset;
    copyRange(source, target, { from: cloneOffset, to: offset, length: first - offset });
    copyRange(source, target, { from: last + shift, to: last, length: end - last });
    if (last === first) return;
    const range = {
      from: source,
      fromOffset: first + shift,
      to: targetPath,
      toOffset: first,
      length: last - first,
    };
    this.#pending.push(range);
    this.#waiting.add(command.path.toString("latin1"));
    if (this.#pending.length >= mostPending) await this.share();
  }

  /** To be called before anything else is done to the bytes of a file. */
  async shareInto(path: Buffer): Promise<void> {
    if (this.#waiting.has(path.toString("latin1"))) await this.share();
  }

  /** Ends what waits; to be called before a name changes, and at the end. @throws ProcessFailed */
  async share(): Promise<void> {
    const ranges = this.#pending;
    if (ranges.length === 0) return;
    this.#pending = [];
    this.#waiting.clear();
    if (!(await this.#calls.shareRanges(ranges))) throw new Error("Files cannot share blocks without Perl.");
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
