import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { type At, namesBelow, within } from "./treeNames.ts";

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What an edit is about: `a` exists, `b` may, `d` is a folder, `n` is a number. */
interface Chosen {
  a: string;
  b: string;
  d: string;
  n: number;
}

/** What may happen to one or two paths of a tree, by a shell where Node cannot do it. */
const edits: readonly (string | ((at: At, chosen: Chosen) => void))[] = [
  (at, { d, n }) => writeFileSync(at(`${d}/new-${n}`), `edit ${n}`),
  (at, { d, n }) => {
    mkdirSync(at(`${d}/folder-${n}/inner`), { recursive: true });
    writeFileSync(at(`${d}/folder-${n}/inner/f`), `${n}\n`);
  },
  (at, { a, n }) => isFile(at(a)) && appendFileSync(at(a), `more ${n}\n`),
  (at, { a, n }) => isFile(at(a)) && overwrite(at(a), randomBytes((n % 40) * 4096)),
  (at, { a, n }) => isFile(at(a)) && truncateSync(at(a), (n * 37) % 90_000),
  (at, { a }) => remove(at(a)),
  (at, { a, d, n }) => renameSync(at(a), at(`${d}/moved-${n}`)),
  (at, { a, b, n }) => swap(at(a), at(b), at(`t-${n}`)),
  (at, { a, d, n }) => !isFolder(at(a)) && linkSync(at(a), at(`${d}/link-${n}`)),
  (at, { b, d, n }) => symlinkSync(Buffer.from(b, "latin1"), at(`${d}/symlink-${n}`)),
  (at, { a, n }) => chmodSync(at(a), n % 2 ? 0o600 : 0o755),
  (at, { a, n }) => lchownSync(at(a), n % 9, n % 7),
  'touch -h -d @$((n * 1000)).$((100000000 + n)) "$a"',
  'setfattr -n user.edit -v "$n" "$a"',
  'setfattr -x user.edit "$a"',
  '[ -d "$a" ] && setfacl -m u:$((n % 9)):rwx "$a"; [ -d "$a" ] && setfacl -d -m u:7:rx "$a"',
  'setfacl -b "$a"',
  (at, { a }) => {
    remove(at(a));
    mkdirSync(at(a));
  },
  (at, { a, n }) => {
    remove(at(a));
    writeFileSync(at(a), `${n}\n`);
  },
  'mkfifo "$d/fifo-$n"; mknod "$d/null-$n" c 1 3',
  'cp -a "$a" "$d/copy-$n"',
];

/**
 * Changes a tree at random, `count` times: everything that can be done to files, folders and links, in
 * orders nobody would think of. A seed gives the same edits on the same tree. Edits that cannot be done (a folder moved
 * into itself) change nothing.
 */
export function randomEdits(root: string, count: number, seed: number): void {
  const random = seededRandom(seed);
  const number = () => Math.floor(random() * 1e6);
  const at = within(root);
  for (let done = 0; done < count; done++) {
    const edit = edits[Math.floor(random() * edits.length)];
    const n = number();
    const names = namesBelow(at).sort();
    const pick = () => names[(number() + number()) % names.length] ?? "./nothing";
    const [a, b] = [pick(), pick()];
    const chosen = { a, b, d: isFolder(at(a)) && !isLink(at(a)) ? a : ".", n };
    try {
      if (typeof edit === "string") runEdit(root, edit, chosen);
      else edit?.(at, chosen);
    } catch {
      // It cannot be done with these.
    }
  }
}

/** Names go to the shell as input, since Node makes UTF-8 of arguments. */
function runEdit(root: string, edit: string, { a, d, n }: Chosen): void {
  const script = `readarray -d '' -t given; a=\${given[0]}; d=\${given[1]}; n=\${given[2]}; ${edit}`;
  const input = Buffer.from([a, d, n].join("\0"), "latin1");
  execFileSync("bash", ["-c", script], { cwd: root, input, stdio: ["pipe", "ignore", "ignore"] });
}

function overwrite(path: Buffer, bytes: Buffer): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
}

/** Exchanges two names by way of a third; where the second cannot move, as inside of the first, it is left out. */
function swap(one: Buffer, other: Buffer, free: Buffer): void {
  renameSync(one, free);
  try {
    renameSync(other, one);
  } finally {
    renameSync(free, other);
  }
}

function remove(path: Buffer): void {
  rmSync(path, { recursive: true, force: true });
}

function isFile(path: Buffer): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolder(path: Buffer): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isLink(path: Buffer): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
