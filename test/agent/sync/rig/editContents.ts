import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lchownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/**
 * Does `count` edits of a kind and at a place chosen by `random`: what can happen to the bytes of files
 * (at and across the borders of blocks, past the end, holes, shared extents), with names coming, going,
 * doubling and changing places meanwhile.
 */
export function editContents(root: string, random: () => number, count: number): void {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T | undefined => from[below(from.length)];
  const bytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
  const name = () => `n${below(40)}`;
  const found = () => walk(root);
  const ofType = (type: "file" | "folder") => found().filter((each) => each.type === type);
  const folder = () => pick([root, ...ofType("folder").map(({ path }) => path)]) ?? root;
  const file = () => pick(ofType("file"))?.path;
  const free = () => {
    const path = join(folder(), name());
    rmSync(path, { recursive: true, force: true });
    return path;
  };
  const size = () => pick([0, 1, 100, 4096, 5000, 70_000, 1024 * 1024, 1024 * 1024 + 1, 2_500_000]) ?? 0;
  const write = (path: string, offset: number, data: Buffer) => {
    const open = openSync(path, "r+");
    writeSync(open, data, 0, data.length, offset);
    closeSync(open);
  };
  const edits: (() => void)[] = [
    () => writeFileSync(free(), bytes(100)),
    () => {
      const data = Buffer.alloc(size(), bytes(64));
      writeFileSync(free(), data);
    },
    () => mkdirSync(join(free(), name()), { recursive: true }),
    () => symlinkSync(`to-${below(1000)}`, free()),
    () => execFileSync("mkfifo", [free()]),
    () => onFile((path) => write(path, below(lstatSync(path).size + 1), bytes(500))),
    () => onFile((path) => write(path, size(), bytes(10))),
    () => onFile((path) => truncateSync(path, size())),
    () => onFile((path) => write(path, 0, Buffer.alloc(below(200_000)))),
    () => onFile((path) => execFileSync("fallocate", ["-p", "-o", "4096", "-l", "100000", path])),
    () => onFile((path) => linkSync(path, free())),
    () => onFile((path) => linkSync(path, free())),
    () => onFile((path) => execFileSync("cp", ["--reflink=always", path, free()])),
    () => onFile((path) => rmSync(path)),
    () => onAny((path) => rmSync(path, { recursive: true })),
    () => onAny((path) => renameSync(path, join(root, `moved${below(1e9)}`))),
    () => onAny((path) => moveInto(path, folder(), name())),
    () => swap(pick(found())?.path, pick(found())?.path),
    () => onAny((path) => lchownSync(path, below(3), below(3))),
    () => onFile((path) => chmodSync(path, below(0o10000))),
    () => onAny((path) => execFileSync("touch", ["-h", "-d", `@${below(2e9)}.${below(1e9)}`, path])),
    () => onFile((path) => execFileSync("setfattr", ["-n", `user.x${below(3)}`, "-v", name(), path])),
    () =>
      onFile((path) => execFileSync("bash", ["-c", 'setfattr -x user.x1 "$0" 2>/dev/null || true', path])),
  ];
  for (let done = 0; done < count; done++) pick(edits)?.();

  function onFile(work: (path: string) => void): void {
    const path = file();
    // Linking or copying to a free place may first have removed it.
    if (path !== undefined) ifThere(path, work);
  }
  function onAny(work: (path: string) => void): void {
    const path = pick(found())?.path;
    if (path !== undefined) ifThere(path, work);
  }
}

function ifThere(path: string, work: (path: string) => void): void {
  try {
    work(path);
  } catch (thrown) {
    const text = String(thrown);
    if (!/ENOENT|No such file|cannot stat/.test(text)) throw thrown;
  }
}

function moveInto(path: string, folder: string, name: string): void {
  if (`${folder}/`.startsWith(`${path}/`)) return;
  const target = join(folder, name);
  if (`${path}/`.startsWith(`${target}/`)) return;
  rmSync(target, { recursive: true, force: true });
  renameSync(path, target);
}

/** Exchanges two names by way of a third. */
function swap(one: string | undefined, other: string | undefined): void {
  if (one === undefined || other === undefined) return;
  if (`${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`)) return;
  renameSync(one, `${one}.swap`);
  renameSync(other, one);
  renameSync(`${one}.swap`, other);
}

function walk(root: string): { path: string; type: "file" | "folder" | "other" }[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .map((entry) => ({
      path: join(entry.parentPath, entry.name),
      type: entry.isFile()
        ? ("file" as const)
        : entry.isDirectory()
          ? ("folder" as const)
          : ("other" as const),
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
