import type { Processes } from "../host/processes.ts";

/** Set by the file system or the kernel's own rules, and no part of what a person keeps in a folder. */
const notOurs = /^(btrfs\.|security\.selinux$|system\.nfs4|trusted\.overlay\.)/;

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
  const args = ["--recursive", "--physical", "--no-dereference", "--dump", "--match=-", "--encoding=base64"];
  const { stdout } = await processes.run("getfattr", [...args, "."], { cwd: folder, signal });
  return parseDump(stdout);
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
