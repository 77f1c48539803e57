import { hkdfSync, type KeyObject } from "node:crypto";
import { GearSearch } from "./gearSearch.ts";

/**
 * Sizes of chunks in bytes: none is shorter (but the last), most end about the usual one, none is longer. Small
 * enough that a page changed in a database stores little, large enough that an index stays small.
 */
export const cutSizes = { least: 32 * 1024, usual: 128 * 1024, most: 512 * 1024 } as const;

/** Harder before the usual size and easier after it, so that lengths lie closer together. 17 bits, and 15. */
const maskBefore = 0xffff8000;
const maskAfter = 0xfffe0000;
const gearLength = 256;

/** What the bytes of a file are cut by: 256 random numbers of 32 bits. */
export type Gear = Uint32Array;

/**
 * The gear of a repository. In an encrypted one it is secret: lengths of chunks would otherwise tell which
 * known files there are.
 * @param key 32 bytes
 */
export function gearOf(key: KeyObject | Uint8Array): Gear {
  const bytes = new DataView(hkdfSync("sha256", key, new Uint8Array(), "forkpoint gear", gearLength * 4));
  return Uint32Array.from({ length: gearLength }, (_, at) => bytes.getUint32(at * 4, true));
}

/**
 * Where a chunk that begins at `start` ends. It depends on the bytes from there on alone, so what lies behind an
 * inserted byte is cut as before. `bytes` holds `cutSizes.most` from `start` on, or all there are.
 *
 * Behind the least size a hash of 32 bits begins with 0 and becomes `2 * hash + gear[byte]` with each byte. The chunk
 * ends with the first byte whose hash has none of the bits of the mask.
 *
 * The algorithm is FastCDC: Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data
 * Deduplication", USENIX ATC 2016, with normalized chunking and without its two-byte steps.
 */
export function cutAt(bytes: Uint8Array, start: number, gear: Gear): number {
  const end = Math.min(bytes.length, start + cutSizes.most);
  const usual = Math.min(end, start + cutSizes.usual);
  const search = searchBy(gear);
  search.begin();
  const early = search.find(bytes, start + cutSizes.least, usual, maskBefore);
  if (early >= 0) return early;
  const late = search.find(bytes, usual, end, maskAfter);
  return late >= 0 ? late : end;
}

const searches = new WeakMap<Gear, GearSearch>();

function searchBy(gear: Gear): GearSearch {
  let search = searches.get(gear);
  if (!search) searches.set(gear, (search = new GearSearch(gear)));
  return search;
}
