import { z } from "zod";
import { shapeOf } from "./jsonOf.ts";
import { NotALockfile, Packages } from "./packages.ts";
import { yamlOf } from "./yamlOf.ts";

const Berry = z.looseObject({ __metadata: z.looseObject({ version: z.string() }) });
const Resolved = z.looseObject({ version: z.string(), linkType: z.string().optional() });

/** yarn.lock as Yarn 1 writes it, and as later ones do. @throws NotALockfile */
export function readYarnLock(text: string): Packages {
  return /^__metadata:/m.test(text) ? readBerry(text) : readClassic(text);
}

function readBerry(text: string): Packages {
  const found = new Packages();
  const [document] = yamlOf(text);
  for (const [patterns, value] of Object.entries(shapeOf(document, Berry))) {
    if (patterns === "__metadata") continue;
    const { version, linkType } = shapeOf(value, Resolved);
    // A soft link leads to a part of the project itself.
    if (linkType !== "soft") found.add(nameOf(patterns), version);
  }
  return found;
}

/** A format of its own: `name@range, name@range:`, and below it `  version "1.0.0"` among other lines. */
function readClassic(text: string): Packages {
  if (text.trim() !== "" && !text.includes("# yarn lockfile v1")) {
    throw new NotALockfile("it does not have the form of such a file");
  }
  const found = new Packages();
  let name: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (!line.startsWith(" ")) {
      if (!line.endsWith(":")) throw new NotALockfile("it does not have the form of such a file");
      name = nameOf(line.slice(0, -1));
      continue;
    }
    const version = /^ {2}version "?([^"]+)"?$/.exec(line)?.[1];
    if (version === undefined) continue;
    if (name === null) throw new NotALockfile("it does not have the form of such a file");
    found.add(name, version);
  }
  return found;
}

/** The package that patterns such as `"@a/b@^1", "@a/b@npm:^1.2"` are for. */
function nameOf(patterns: string): string {
  const first = patterns.replace(/^"/, "");
  const at = first.indexOf("@", 1);
  return at === -1 ? first : first.slice(0, at);
}
