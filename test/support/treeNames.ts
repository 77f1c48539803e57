import { readdirSync } from "node:fs";

/** Makes of a name below some root, a character for each byte, a path that names it whatever its encoding. */
export type At = (name: string) => Buffer;

export function within(root: string): At {
  return (name) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, "latin1")]);
}

/** The names of all that lies below a folder, as `find` gives them, with a character for each byte. */
export function namesBelow(at: At, folder = "."): string[] {
  return readdirSync(at(folder), { withFileTypes: true, encoding: "latin1" }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    return entry.isDirectory() ? [name, ...namesBelow(at, name)] : [name];
  });
}
