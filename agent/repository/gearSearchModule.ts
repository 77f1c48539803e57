/*
 * The module that `gearSearch.ts` runs: four places of a piece are hashed side by side, since a hash has to wait for the
 * one before it. It is made of the last 32 bytes alone, so one that is begun 31 bytes before its first place is the same.
 */

const lanes = 4;
/** How far each lane goes before all of them move on. */
const laneBytes = 1024;
/** Bytes before a place, without it, that its hash is made of. */
const before = 31;
/** Where the piece lies in its memory of 64 KiB; the gear lies at 0. */
export const pieceAt = 1024;

const i32 = 0x7f;
const noResult = 0x40;
const op = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  return: 0x0f,
  localGet: 0x20,
  localSet: 0x21,
  globalGet: 0x23,
  globalSet: 0x24,
  load: 0x28,
  load8: 0x2d,
  const: 0x41,
  eqz: 0x45,
  lessThan: 0x49,
  greaterThan: 0x4b,
  add: 0x6a,
  and: 0x71,
  shl: 0x74,
} as const;

/** Locals of the function: its parameters, then the lanes' hashes and its own. */
const local = { at: 0, end: 1, mask: 2, hash: 3, laneEnd: 3 + lanes, start: 4 + lanes } as const;
const localsDeclared = lanes + 2;

const get = (index: number) => [op.localGet, index];
const set = (index: number) => [op.localSet, index];
const number = (value: number) => [op.const, ...signed(value)];
const plus = (index: number, value: number) => [...get(index), ...number(value), op.add];
const hashOf = (lane: number) => local.hash + lane;
const isCut = (lane: number) => [...get(hashOf(lane)), ...get(local.mask), op.and, op.eqz];

/** hash = (hash << 1) + gear[the byte `offset` behind `at`] */
function roll(lane: number, offset: number): number[] {
  return [
    ...get(hashOf(lane)),
    ...number(1),
    op.shl,
    ...get(local.at),
    ...[op.load8, 0, ...unsigned(offset)],
    ...number(2),
    op.shl,
    ...[op.load, 2, 0],
    op.add,
    ...set(hashOf(lane)),
  ];
}

/** The hashes of all lanes but the first, which goes on from the piece before, as they are when they begin. */
function beginLanes(): number[] {
  const code: number[] = [];
  for (let lane = 1; lane < lanes; lane++) {
    code.push(...number(0), ...set(hashOf(lane)));
    for (let back = before; back > 0; back--) code.push(...roll(lane, lane * laneBytes - back));
  }
  return code;
}

function eachLane(offset: number): number[] {
  return Array.from({ length: lanes }, (_, lane) => [
    ...roll(lane, lane * laneBytes + offset),
    ...isCut(lane),
    ...[op.brIf, 1],
  ]).flat();
}

/**
 * search(at, end, mask): behind which place the first cut is, or 0. The hash is a global: it is 0 where a chunk may
 * be cut first, and is left as it is at `end`.
 */
const body: number[] = [
  ...[op.globalGet, 0, ...set(local.hash)],
  ...[op.block, noResult],
  ...[op.loop, noResult],
  // Too little is left for all lanes.
  ...[...plus(local.at, lanes * laneBytes), ...get(local.end), op.greaterThan, op.brIf, 1],
  ...[...get(local.hash), op.globalSet, 0],
  ...[...get(local.at), ...set(local.start), ...plus(local.at, laneBytes), ...set(local.laneEnd)],
  ...beginLanes(),
  ...[op.block, noResult],
  ...[op.loop, noResult],
  ...eachLane(0),
  ...eachLane(1),
  ...[...plus(local.at, 2), ...set(local.at)],
  ...[...get(local.at), ...get(local.laneEnd), op.lessThan, op.brIf, 0],
  op.end,
  // No cut in any: the first lane goes on where the last has come to.
  ...[...get(hashOf(lanes - 1)), ...set(local.hash)],
  ...[...plus(local.start, lanes * laneBytes), ...set(local.at), op.br, 1],
  op.end,
  // A cut in one of them: the first of all is found one by one.
  ...[...get(local.start), ...set(local.at), op.globalGet, 0, ...set(local.hash)],
  op.end,
  op.end,
  ...[op.block, noResult],
  ...[op.loop, noResult],
  ...[...get(local.at), ...get(local.end), op.lessThan, op.eqz, op.brIf, 1],
  ...roll(0, 0),
  ...[...plus(local.at, 1), ...set(local.at)],
  ...[...isCut(0), op.eqz, op.brIf, 0],
  ...[...get(local.at), op.return],
  op.end,
  op.end,
  ...[...get(local.hash), op.globalSet, 0],
  ...number(0),
  op.end,
];

/** The bytes of the module. It exports `search`, `hash` and `memory`. */
export function gearSearchModule(): Uint8Array {
  const named = (name: string, kind: number) => [name.length, ...Buffer.from(name, "latin1"), kind, 0];
  const code = [1, localsDeclared, i32, ...body];
  return Uint8Array.from([
    ...[0, ...Buffer.from("asm", "latin1"), 1, 0, 0, 0],
    // One type, one function of it, one page of memory, one global, what is exported, the code.
    ...section(1, [1, 0x60, 3, i32, i32, i32, 1, i32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(6, [1, i32, 1, ...number(0), op.end]),
    ...section(7, [3, ...named("search", 0), ...named("memory", 2), ...named("hash", 3)]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
