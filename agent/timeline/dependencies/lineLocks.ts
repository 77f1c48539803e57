import { NotALockfile, Packages } from "./packages.ts";

/** Gemfile.lock: `    name (1.0.0)` below `specs:`; what a gem needs stands deeper. @throws NotALockfile */
export function readGemfileLock(text: string): Packages {
  if (!/^(GEM|GIT|PATH|PLATFORMS)$/m.test(text)) {
    throw new NotALockfile("it does not have the form of such a file");
  }
  const found = new Packages();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    if (/^[A-Z]/.test(line)) section = line;
    const match = section === "PATH" ? null : /^ {4}(\S+) \(([^)]+)\)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) found.add(match[1], match[2]);
  }
  return found;
}

/** A requirements file: its pins, `name==1.0.0`; what is not pinned says no version. */
export function readRequirements(text: string): Packages {
  const found = new Packages();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([^\s;#\\,]+)/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) found.add(match[1], match[2]);
  }
  return found;
}

/** go.mod, which names the versions that are used; go.sum names those that were looked at, too. @throws NotALockfile */
export function readGoMod(text: string): Packages {
  if (!/^module\s+\S/m.test(text)) throw new NotALockfile("it does not have the form of such a file");
  const found = new Packages();
  let block: string | null = null;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/\/\/.*$/, "").trim();
    const opened = /^(\w+)\s*\($/.exec(line)?.[1];
    if (opened !== undefined) block = opened;
    else if (line === ")") block = null;
    const match =
      block === "require" ? /^(\S+)\s+(v\S+)$/.exec(line) : /^require\s+(\S+)\s+(v\S+)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) found.add(match[1], match[2]);
  }
  return found;
}
