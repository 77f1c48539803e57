import { execFileSync } from "node:child_process";
import { lstatSync } from "node:fs";
import { fileDigest } from "./fileDigest.ts";

/**
 * All that can be seen of every entry below `root`, by programs that share no code with ours: one text
 * per path, with type, mode, owner, size, mtime in nanoseconds, link target, device number, extended
 * attributes, content hash, and which other names share the inode.
 */
export function listVolume(root: string): Map<string, string> {
  const format = "%P\\0%y\\0%m\\0%U\\0%G\\0%T@\\0%s\\0%l\\0%i\\0";
  const output = execFileSync("find", [root, "-printf", format], { maxBuffer: 2 ** 30 });
  const fields = output.toString("latin1").split("\0").slice(0, -1);
  const xattrs = listXattrs(root);
  const listing = new Map<string, string>();
  const firstNames = new Map<string, string>();
  const rows = Array.from({ length: fields.length / 9 }, (_, at) => fields.slice(at * 9, at * 9 + 9));
  for (const row of rows.toSorted((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1))) {
    const [path = "", type = "", mode, uid, gid, mtime, size, target, inode = ""] = row;
    const first = type === "d" ? path : (firstNames.get(inode) ?? path);
    firstNames.set(inode, first);
    const bytes = Buffer.from(path === "" ? root : `${root}/${path}`, "latin1");
    const details = {
      type,
      mode,
      owner: `${uid ?? ""}:${gid ?? ""}`,
      mtime,
      size: type === "d" ? null : size,
      target,
      rdev: type === "c" || type === "b" ? lstatSync(bytes).rdev : null,
      content: type === "f" ? fileDigest(bytes) : null,
      sameInodeAs: first,
      xattrs: xattrs.get(path) ?? null,
    };
    listing.set(path, JSON.stringify(details));
  }
  return listing;
}

function listXattrs(root: string): Map<string, string> {
  const output = execFileSync(
    "getfattr",
    ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names", root],
    {
      maxBuffer: 2 ** 30,
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const found = new Map<string, string>();
  for (const block of output.toString("latin1").split("\n\n")) {
    const [head = "", ...values] = block.split("\n");
    if (!head.startsWith("# file: ")) continue;
    const path = head
      .slice("# file: ".length)
      .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const sorted = values.filter((line) => line !== "").toSorted();
    found.set(path.slice(root.length + 1), sorted.join(" "));
  }
  return found;
}
