import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Two names of one file in folders of their own, three of another, and some files with one name. */
export const start = `
  mkdir -p a b c/d; echo two > a/two; ln a/two b/two; echo three > a/three; ln a/three b/three; ln a/three c/d/three
  echo single > a/single; echo other > b/other; head -c 3000000 /dev/urandom > c/large; ln -s x a/link; ln -P a/link b/link
  head -c 16384 /dev/urandom > c/tail; truncate -s 65536 c/tail; mkdir c/empty
`;

/** What may happen between two snapshots, as a script. */
export const changes = {
  "a file gets a second name in another folder": "ln a/single c/again",
  "a file gets a second name beside the first": "ln a/single a/again",
  "a file loses its first name of two": "rm a/two",
  "a file loses its second name of two": "rm b/two",
  "a file loses a name of two and is written to": "rm a/two; echo more >> b/two",
  "a file loses a name of three": "rm b/three",
  "a file loses two names of three": "rm b/three c/d/three",
  "a file loses both names": "rm a/two b/two",
  "a symbolic link loses a name of two": "rm a/link",
  "a file with two names is written to": "echo more >> b/two",
  "a file with two names gets another mode": "chmod 600 a/two",
  "a name of two goes to another folder": "mv a/two c/elsewhere",
  "both names go to other folders": "mv a/two c/one; mv b/two c/d/two",
  "a folder with a name of two is renamed": "mv a z",
  "a folder with a name of two is renamed, and the other name removed": "mv a z; rm b/two",
  "two files with several names exchange names": "mv a/two t; mv a/three a/two; mv t a/three",
  "a name of two is replaced by another file": "rm a/two; echo new > a/two",
  "a name of two is replaced by a name of three": "ln -f a/three a/two",
  "a file with two names is replaced by another with two": "rm a/two b/two; echo new > a/two; ln a/two b/two",
  "a folder is replaced by a file": "rm -r c; echo now a file > c",
  "a file is replaced by a folder": "rm a/single; mkdir a/single; echo in > a/single/in",
  "folders exchange names": "mv a t; mv b a; mv t b",
  "a folder moves into one that was below it": "mv c/d d; mv c d/c",
  "a folder is removed with all it holds": "rm -r a",
  "a file is cut in the middle of a block": "truncate -s 1500000 c/large",
  "a file is cut and grows again": "truncate -s 1500000 c/large; truncate -s 3000000 c/large",
  "a file is cut to nothing": ": > c/large",
  "a file grows by a hole": "truncate -s 9000000 c/large",
  "a hole is punched": "fallocate -p -o 1000000 -l 1200000 c/large",
  "a byte is changed at a block's border":
    "printf x | dd of=c/large bs=1 seek=1048576 conv=notrunc status=none",
  "zeros end a file": "head -c 49152 /dev/zero | dd of=c/tail bs=16384 seek=1 conv=notrunc status=none",
  "a file with bytes first ends in zeros, as does its last block":
    "head -c 16384 /dev/urandom > c/new; head -c 16384 /dev/zero >> c/new",
  "room is reserved past a file's end": "fallocate -n -o 3000000 -l 100000 c/large",
  "a file is shared with another": "cp --reflink=always c/large c/copy; printf x >> c/copy",
  "only attributes change": "setfattr -n user.k -v v a/two; chown 5:6 c; touch -d @1.5 c/large; chmod 1777 b",
  "an attribute is removed again": "setfattr -n user.k -v v a/two; setfattr -x user.k a/two",
  "the root changes": "chmod 750 .; chown 3:4 .; setfattr -n user.root -v r .; touch -d @7.000000007 .",
  "a folder becomes empty, another is filled":
    "rm -r c/d; mkdir -p c/empty/x/y/z; echo deep > c/empty/x/y/z/f",
} as const;

/** Each change has a folder of its own, so that all are made between the same two snapshots. */
export function caseFolder(at: number): string {
  return `case-${at}`;
}

/** Fills the folders of so many cases. @param also goes on after `start` */
export function makeStart(root: string, cases: readonly string[], also = ""): void {
  for (const at of cases.keys()) {
    mkdirSync(join(root, caseFolder(at)));
    runIn(join(root, caseFolder(at)), `${start}\n${also}`);
  }
}

/** Makes each change in its folder, and then what can only be done to the root. */
export function makeChanges(root: string, cases: Readonly<Record<string, string>>): void {
  for (const [at, script] of Object.values(cases).entries()) runIn(join(root, caseFolder(at)), script);
  runIn(root, changes["the root changes"]);
}

function runIn(cwd: string, script: string): void {
  execFileSync("bash", ["-ec", script], { cwd });
}
