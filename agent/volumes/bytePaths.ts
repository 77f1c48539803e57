const slash = 0x2f;
const separator = Buffer.from("/");

/** Joins two paths given as bytes; an empty one adds nothing. */
export function joinBytes(folder: Buffer, name: Buffer): Buffer {
  if (folder.length === 0) return name;
  if (name.length === 0) return folder;
  return Buffer.concat([folder, separator, name]);
}

/** The parts of a relative path given as bytes; none for the empty path. */
export function splitPath(path: Buffer): Buffer[] {
  if (path.length === 0) return [];
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = path.indexOf(slash); at !== -1; at = path.indexOf(slash, start)) {
    parts.push(path.subarray(start, at));
    start = at + 1;
  }
  parts.push(path.subarray(start));
  return parts;
}

/** The folder that holds a relative path; empty for what lies at the root. */
export function parentOf(path: Buffer): Buffer {
  const at = path.lastIndexOf(slash);
  return at === -1 ? Buffer.alloc(0) : path.subarray(0, at);
}

/** How many folders lie above; 0 for the root itself. */
export function depthOf(path: Buffer): number {
  return splitPath(path).length;
}

/** Whether `path` is `folder` or lies below it. The empty folder holds everything. */
export function isWithin(path: Buffer, folder: Buffer): boolean {
  if (folder.length === 0 || path.equals(folder)) return true;
  return (
    path.length > folder.length &&
    path[folder.length] === slash &&
    path.subarray(0, folder.length).equals(folder)
  );
}
