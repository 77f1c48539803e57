type Random = () => number;

const below = (random: Random, limit: number) => Math.floor(random() * limit);
const pick = <T>(random: Random, from: readonly [T, ...T[]]): T =>
  from[below(random, from.length)] ?? from[0];

/** Numbers that lengths and counts are most likely to go wrong at. */
const oddNumbers = [
  0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000,
] as const;
const oddVarints = [
  "00",
  "7f",
  "8001",
  "8000",
  "ffff03",
  "ffffffff0f",
  "ffffffffffffff0f",
  "ffffffffffffff1f",
  "80808080808080808001",
] as const;

const changes: ((bytes: Buffer, random: Random, donors: readonly Buffer[]) => Buffer)[] = [
  (bytes, random) => edited(bytes, random, 1, (old) => old ^ (1 << below(random, 8))),
  (bytes, random) => edited(bytes, random, 1, () => below(random, 256)),
  (bytes, random) => edited(bytes, random, 1, () => pick(random, [0, 1, 2, 0x7f, 0x80, 0xff])),
  (bytes, random) => edited(bytes, random, 4, () => below(random, 256)),
  (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  (bytes, random) => bytes.subarray(below(random, bytes.length + 1)),
  // A length or count that claims more, or less, than there is.
  (bytes, random) => {
    const width = pick(random, [1, 2, 4]);
    if (bytes.length < width) return bytes;
    const value =
      (pick(random, [...oddNumbers, 0xffffffff, bytes.length, bytes.length + 1]) % 256 ** width) >>> 0;
    const changed = Buffer.from(bytes);
    changed.writeUIntLE(value, below(random, bytes.length - width + 1), width);
    return changed;
  },
  (bytes, random) => replaced(bytes, random, 1, Buffer.from(pick(random, oddVarints), "hex")),
  (bytes, random) => replaced(bytes, random, 0, Buffer.from(pick(random, oddVarints), "hex")),
  // A piece goes, comes twice, or moves.
  (bytes, random) => replaced(bytes, random, 1 + below(random, 40), Buffer.alloc(0)),
  (bytes, random) => replaced(bytes, random, 0, slice(bytes, random)),
  (bytes, random) => replaced(bytes, random, below(random, 40), slice(bytes, random)),
  // A piece of another example.
  (bytes, random, donors) =>
    replaced(bytes, random, below(random, 60), slice(donors[below(random, donors.length)] ?? bytes, random)),
  (bytes, random, donors) => {
    const donor = donors[below(random, donors.length)] ?? bytes;
    const at = below(random, Math.min(bytes.length, donor.length) + 1);
    return Buffer.concat([bytes.subarray(0, at), donor.subarray(at)]);
  },
  (bytes, random) => Buffer.concat([bytes, Buffer.alloc(1 + below(random, 300), below(random, 256))]),
];

/** Bytes that are nearly those of an example. The same numbers give the same bytes. */
export function mutate(example: Buffer, random: Random, donors: readonly Buffer[]): Buffer {
  let bytes = Buffer.from(example);
  const times = 1 + below(random, 4);
  for (let time = 0; time < times; time++) {
    const change = changes[below(random, changes.length)];
    if (change) bytes = Buffer.from(change(bytes, random, donors));
  }
  return bytes;
}

const oddValues: readonly [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  0,
  -0,
  1.5,
  1e308,
  2 ** 53,
  2 ** 53 - 1,
  "",
  "0",
  "../../x",
  "/etc/passwd",
  "a\0b",
  "\ud800",
  "é".repeat(100),
  "x".repeat(5000),
  [],
  {},
  [[[[]]]],
  { __proto__: null, constructor: 1 },
  Array.from({ length: 50 }, () => "p/0"),
  "2026-13-45T99:99:99Z",
  "0".repeat(64),
  "g".repeat(64),
  "0".repeat(63),
];

/** JSON that is nearly that of an example. */
export function mutateJson(example: string, random: Random): string {
  const value = JSON.parse(example) as unknown;
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (each: unknown) => {
    if (typeof each !== "object" || each === null) return;
    const holder = each as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      visit(holder[key]);
    }
  };
  visit(value);
  const times = 1 + below(random, 3);
  let text = "";
  for (let time = 0; time < times; time++) {
    const place = places[below(random, places.length)];
    const other = places[below(random, places.length)];
    if (!place || !other) break;
    const { holder, key } = place;
    const kind = below(random, 9);
    if (kind < 4) holder[key] = pick(random, oddValues);
    else if (kind === 4) Reflect.deleteProperty(holder, key);
    else if (kind === 5) holder[`${key}${below(random, 3)}`] = holder[key];
    else if (kind === 6) holder[key] = structuredClone(other.holder[other.key]);
    else if (typeof holder[key] === "number") holder[key] += below(random, 5) - 2;
    else if (typeof holder[key] === "string") holder[key] = mutateText(holder[key], random);
    text = JSON.stringify(value);
    if (kind === 8) text = text.replace("{", `{"__proto__":{"format":2},"${key}":null,`);
  }
  return below(random, 40) === 0 ? `${"[".repeat(100_000)}${text}` : text;
}

function mutateText(text: string, random: Random): string {
  return mutate(Buffer.from(text, "utf8"), random, [Buffer.from(text)]).toString("utf8");
}

function edited(bytes: Buffer, random: Random, length: number, change: (old: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  const at = below(random, bytes.length);
  for (let each = at; each < Math.min(at + length, bytes.length); each++)
    changed[each] = change(changed[each] ?? 0);
  return changed;
}

function replaced(bytes: Buffer, random: Random, length: number, by: Buffer): Buffer {
  const at = below(random, bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + length)]);
}

function slice(bytes: Buffer, random: Random): Buffer {
  const at = below(random, bytes.length + 1);
  return bytes.subarray(at, at + below(random, 80));
}
