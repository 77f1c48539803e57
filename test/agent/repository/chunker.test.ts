import assert from "node:assert/strict";
import { cutAt, cutSizes, gearOf } from "../../../agent/repository/chunker.ts";
import { MasterKey } from "../../../agent/repository/masterKey.ts";
import { plainSealing } from "../../../agent/repository/plainSealing.ts";
import { seededRandom } from "../../support/randomEdits.ts";

const { gear } = plainSealing;

function randomBytesOf(seed: number, length: number): Buffer {
  const random = seededRandom(seed);
  return Buffer.from(Uint32Array.from({ length: length / 4 }, () => random() * 2 ** 32).buffer);
}

/** As FORMAT.md has it, one byte after the other. */
function plainCutAt(bytes: Uint8Array, start: number): number {
  const end = Math.min(bytes.length, start + cutSizes.most);
  let hash = 0;
  for (let at = start + cutSizes.least; at < end; at++) {
    hash = (hash * 2 + (gear[bytes[at] ?? 0] ?? 0)) >>> 0;
    if (hash < (at < start + cutSizes.usual ? 2 ** 15 : 2 ** 17)) return at + 1;
  }
  return end;
}

function cutsOf(bytes: Uint8Array, by = gear): number[] {
  const cuts: number[] = [];
  for (let at = 0; at < bytes.length;) cuts.push((at = cutAt(bytes, at, by)));
  return cuts;
}

describe("cutting by content", () => {
  const bytes = randomBytesOf(1, 16 * 1024 * 1024);

  it("keeps to the sizes, and cuts the same bytes alike", () => {
    const cuts = cutsOf(bytes);
    const lengths = cuts.map((end, at) => end - (cuts[at - 1] ?? 0));
    for (const length of lengths.slice(0, -1)) {
      assert.ok(length >= cutSizes.least && length <= cutSizes.most, `${length}`);
    }
    const mean = bytes.length / lengths.length;
    assert.ok(mean > cutSizes.usual / 2 && mean < cutSizes.usual * 2, `${mean}`);
    assert.deepEqual(cutsOf(Buffer.from(bytes)), cuts);
  });

  it("cuts at the first place there is, whatever the bytes are and however many", () => {
    const random = seededRandom(5);
    const kinds: ((byte: number, at: number) => number)[] = [
      (byte) => byte,
      (byte) => 97 + (byte % 3),
      (byte, at) => (at % 8192 < 300 ? 0 : byte & 0x5f),
    ];
    for (let round = 0; round < 30; round++) {
      const from = Math.floor(random() * bytes.length * 0.9);
      const some = bytes.subarray(from, from + Math.floor(random() * 900_000));
      const changed = Uint8Array.from(some, kinds[round % kinds.length] as (byte: number) => number);
      for (let at = 0; at < changed.length;) {
        const end = cutAt(changed, at, gear);
        assert.equal(end, plainCutAt(changed, at), `round ${round}, from ${at} of ${changed.length}`);
        at = end;
      }
    }
  });

  it("meets the cuts of before again behind bytes that were put in", () => {
    const grown = Buffer.concat([
      bytes.subarray(0, 1_000_000),
      Buffer.from("put in"),
      bytes.subarray(1_000_000),
    ]);
    const before = new Set(cutsOf(bytes));
    const after = cutsOf(grown).map((end) => (end > 1_000_000 ? end - 6 : end));
    const news = after.filter((end) => !before.has(end));
    assert.ok(news.length <= 3, `${news.length} of ${after.length} are new`);
  });

  it("cuts bytes without any pattern at the greatest size", () => {
    assert.deepEqual(cutsOf(Buffer.alloc(cutSizes.most * 2 + 5, 1)), [
      cutSizes.most,
      cutSizes.most * 2,
      cutSizes.most * 2 + 5,
    ]);
  });

  it("cuts elsewhere in each encrypted repository", () => {
    const ofRepository = (id: string) => gearOf(new MasterKey(Buffer.alloc(32, 7)).derive(id, "cuts"));
    const one = cutsOf(bytes, ofRepository("00".repeat(16)));
    assert.notDeepEqual(one, cutsOf(bytes));
    assert.notDeepEqual(one, cutsOf(bytes, ofRepository("11".repeat(16))));
  });
});
