import { asRoot } from "./asRoot.ts";

/**
 * Everything that stat, readlink, getfattr and the contents say about a tree, as sorted lines of text. It
 * shares no code with the product. Hard links show as the first name of their group; holes are not told
 * from zeros; the times of folders are left out where `folderTimes` is false.
 */
export function treeFingerprint(root: string, options: { folderTimes?: boolean } = {}): string {
  const run = (script: string) =>
    asRoot("bash", ["-ec", script], { cwd: root, encoding: "latin1", maxBuffer: 1 << 30 });
  const lines: string[] = [];
  const firstName = new Map<string, string>();
  const stats = run(
    "find . -print0 | sort -z | xargs -0 stat --printf '%n|%F|%a|%u:%g|%s|%.9Y|%t:%T|%i|%h\\0'",
  );
  for (const record of stats.split("\0").filter(Boolean)) {
    const fields = record.split("|");
    const [kind, mode, owner, size, time, device, inode, links] = fields.slice(-8);
    const name = fields.slice(0, -8).join("|");
    const folder = kind === "directory";
    const group = !folder && links !== "1" ? (firstName.get(inode ?? "") ?? name) : "";
    if (group) firstName.set(inode ?? "", group);
    const shownTime = folder && options.folderTimes === false ? "" : time;
    lines.push([name, kind, mode, owner, folder ? "" : size, shownTime, device, group].join("|"));
  }
  lines.push(...run("find . -type l -printf '%p -> %l\\0'").split("\0"));
  lines.push(...run("find . -type f -print0 | xargs -0 -r b2sum -z").split("\0"));
  lines.push(...run("getfattr -R -P -h -d -m - -e hex . 2>/dev/null || true").split("\n\n"));
  return lines.filter(Boolean).sort().join("\n");
}
