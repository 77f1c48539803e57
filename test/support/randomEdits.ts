import { execFileSync } from "node:child_process";

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

/** What may happen to one or two paths of a tree; `$a` exists, `$b` may, `$d` is a folder, `$n` is a number. */
const edits = [
  'printf "%s" "edit $n" > "$d/new-$n"',
  'mkdir -p "$d/folder-$n/inner"; echo $n > "$d/folder-$n/inner/f"',
  '[ -f "$a" ] && echo "more $n" >> "$a"',
  '[ -f "$a" ] && dd if=/dev/urandom of="$a" bs=4096 count=$((n % 40)) conv=notrunc status=none',
  '[ -f "$a" ] && truncate -s $((n * 37 % 90000)) "$a"',
  'rm -rf "$a"',
  'mv -T "$a" "$d/moved-$n"',
  'mv -T "$a" t-$n && mv -T "$b" "$a"; mv -T t-$n "$b"',
  '[ ! -d "$a" ] && ln -P "$a" "$d/link-$n"',
  'ln -s "$b" "$d/symlink-$n"',
  'chmod $((n % 2 ? 600 : 755)) "$a"',
  'chown -h $((n % 9)):$((n % 7)) "$a"',
  'touch -h -d @$((n * 1000)).$((100000000 + n)) "$a"',
  'setfattr -n user.edit -v "$n" "$a"',
  'setfattr -x user.edit "$a"',
  '[ -d "$a" ] && setfacl -m u:$((n % 9)):rwx "$a"; [ -d "$a" ] && setfacl -d -m u:7:rx "$a"',
  'setfacl -b "$a"',
  'rm -rf "$a"; mkdir "$a"',
  'rm -rf "$a"; echo $n > "$a"',
  'mkfifo "$d/fifo-$n"; mknod "$d/null-$n" c 1 3',
  'cp -a "$a" "$d/copy-$n"',
] as const;

/**
 * Changes a tree at random, `count` times: everything that can be done to files, folders and links, in
 * orders nobody would think of. A seed gives the same edits on the same tree. Edits that cannot be done (a folder moved
 * into itself) change nothing.
 */
export function randomEdits(root: string, count: number, seed: number): void {
  const random = seededRandom(seed);
  const number = () => Math.floor(random() * 1e6);
  const lines = Array.from({ length: count }, () => {
    const edit = edits[Math.floor(random() * edits.length)] ?? "";
    return `{ n=${number()}; pick ${number()} ${number()}; a=$picked; pick ${number()} ${number()}; b=$picked
      d=$a; [ -d "$d" ] && [ ! -L "$d" ] || d=.; ${edit}; } 2>/dev/null || :`;
  });
  // Odd picks choose among the newest names, so that edits meet each other. A pipe's writer would wait for ever.
  const script = `
    LC_ALL=C
    pick() {
      local -a all; readarray -d '' -t all < <(find . -mindepth 1 -print0 | sort -z)
      [ \${#all[@]} -gt 0 ] || { picked=./nothing; return; }
      picked=\${all[$(( ($1 + $2) % \${#all[@]} ))]}
    }
    ${lines.join("\n")}
  `;
  execFileSync("bash", ["-c", script], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
