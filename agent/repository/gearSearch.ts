import type { Gear } from "./chunker.ts";
import { gearSearchModule, pieceAt } from "./gearSearchModule.ts";

/** What is searched at once; small enough to stay in the processor's cache between its copy and its search. */
const pieceBytes = 32 * 1024;

interface Exports {
  readonly search: (at: number, end: number, mask: number) => number;
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly hash: { value: number };
}

/** Every Node has it; the types of Node do not tell. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: Exports };
  };
};

/**
 * Searches bytes for a cut, in WebAssembly: in JavaScript, which checks the bounds of both arrays at each byte, it is the
 * dearest part of a push. For one search at a time.
 */
export class GearSearch {
  readonly #search: Exports["search"];
  readonly #hash: Exports["hash"];
  readonly #memory: Uint8Array;

  constructor(gear: Gear) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(gearSearchModule()));
    this.#search = exports.search;
    this.#hash = exports.hash;
    this.#memory = new Uint8Array(exports.memory.buffer);
    new Uint32Array(exports.memory.buffer, 0, gear.length).set(gear);
  }

  /** Forgets what was hashed. */
  begin(): void {
    this.#hash.value = 0;
  }

  /**
   * Behind which byte from `at` up to `end` the hash has none of the bits of the mask for the first time; -1 where it
   * always has. Goes on with the hash of what was searched before.
   */
  find(bytes: Uint8Array, at: number, end: number, mask: number): number {
    for (let from = at; from < end; from += pieceBytes) {
      const piece = bytes.subarray(from, Math.min(end, from + pieceBytes));
      this.#memory.set(piece, pieceAt);
      const found = this.#search(pieceAt, pieceAt + piece.length, mask);
      if (found > 0) return from + found - pieceAt;
    }
    return -1;
  }
}
