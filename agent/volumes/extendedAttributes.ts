import { ProcessFailed, type Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";

/** Set by the file system or the kernel's own rules, and no part of what a person keeps in a folder. */
const notOurs = /^(btrfs\.|security\.selinux$|system\.nfs4|trusted\.overlay\.)/;

const dumpOptions = ["--no-dereference", "--dump", "--match=-", "--encoding=base64"];

/** Extended attributes of one entry, ACLs and capabilities among them: the name, then the value in base64. */
export type ExtendedAttributes = ReadonlyMap<string, string>;

/**
 * The extended attributes of everything at and below `folder`, by path relative to it ("." for itself),
 * paths as Latin-1 strings of their bytes. Entries without any are absent.
 */
export async function attributesBelow(
  processes: Processes,
  folder: string,
  signal: AbortSignal,
): Promise<Map<string, ExtendedAttributes>> {
  const args = ["--recursive", "--physical", ...dumpOptions, "."];
  const { stdout } = await processes.run("getfattr", args, { cwd: folder, signal }).catch(refused(folder));
  return parseDump(stdout);
}

/** The same of some entries alone, named relative to `folder` by Latin-1 strings of their bytes. */
export async function attributesOf(
  processes: Processes,
  folder: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, ExtendedAttributes>> {
  // A leading `./` keeps a name from being taken for an option.
  const input = Buffer.from(paths.map((path) => `./${path}\0`).join(""), "latin1");
  const args = ["--null", "--no-run-if-empty", "getfattr", ...dumpOptions, "--"];
  const { stdout } = await processes
    .run("xargs", args, { cwd: folder, input, signal })
    .catch(refused(folder));
  const found = new Map<string, ExtendedAttributes>();
  for (const [path, attributes] of parseDump(stdout)) found.set(path.replace(/^\.(\/|$)/, ""), attributes);
  return found;
}

/** The bytes of a value as `attributesBelow` and `attributesOf` give it. */
export function attributeBytes(value: string): Buffer {
  return Buffer.from(value.replace(/^0s/, ""), "base64");
}

/** Gives entries attributes; paths are relative to `folder`, names Latin-1 strings of their bytes. @throws ProcessFailed */
export async function restoreAttributes(
  processes: Processes,
  folder: string,
  entries: readonly { readonly path: Buffer; readonly xattrs: ReadonlyMap<string, Buffer> }[],
  signal: AbortSignal,
): Promise<void> {
  if (entries.length === 0) return;
  const blocks = entries.map(({ path, xattrs }) => {
    const lines = [...xattrs].map(([name, value]) => `${escapeOctal(name)}=0s${value.toString("base64")}\n`);
    return `# file: ./${escapeOctal(path.toString("latin1"))}\n${lines.join("")}\n`;
  });
  const input = Buffer.from(blocks.join(""), "latin1");
  await processes.run("setfattr", ["--no-dereference", "--restore=-"], { cwd: folder, input, signal });
}

function refused(folder: string) {
  return (thrown: unknown): never => {
    if (!(thrown instanceof ProcessFailed) || !thrown.stderr.includes("Permission denied")) throw thrown;
    const first = thrown.stderr.split("\n", 1)[0] ?? "";
    throw new ForkpointError(
      "FILES_UNREADABLE",
      `The agent's user may not read all attributes in ${folder}: ${first}.`,
      { cause: thrown },
    );
  };
}

/**
 * Reads what `getfattr --dump` prints: `# file: PATH`, a line `NAME=VALUE` for each attribute, an empty
 * line. In paths and names a backslash, a line feed and the like are written as \ and three octal digits.
 */
function parseDump(dump: Buffer): Map<string, ExtendedAttributes> {
  const found = new Map<string, ExtendedAttributes>();
  for (const block of dump.toString("latin1").split("\n\n")) {
    const [head, ...lines] = block.split("\n").filter(Boolean);
    if (head === undefined) continue;
    const attributes = new Map<string, string>();
    for (const line of lines) {
      const at = line.indexOf("=");
      const name = unescapeOctal(at === -1 ? line : line.slice(0, at));
      if (!notOurs.test(name)) attributes.set(name, at === -1 ? "" : line.slice(at + 1));
    }
    if (attributes.size > 0) found.set(unescapeOctal(head.slice("# file: ".length)), attributes);
  }
  return found;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

function escapeOctal(text: string): string {
  return text.replace(
    /[^A-Za-z0-9./_-]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}
