import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { HelperPlaces } from "../volumes/privileged/helperPlaces.ts";
import { ownershipProblem, unlessMissing } from "./rootOwned.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What the set-up put in place: which Forkpoint did it, and the SHA-256 of the programs. */
export const InstalledRecord = z.object({
  version: z.string(),
  node: z.object({ version: z.string(), sha256: digest }),
  helper: z.object({ sha256: digest }),
});
export type InstalledRecord = z.infer<typeof InstalledRecord>;

export const recordMode = 0o644;

/** Which Forkpoint installed the programs, beside them. */
export function recordFile({ lib }: Pick<HelperPlaces, "lib">): string {
  return join(lib, "installed.json");
}

/**
 * The record beside the programs; undefined when it is not there, not readable as one, or may be another's
 * than root's. It is written after them, so an installation that was cut off is one whose programs are not
 * what the record says.
 */
export async function readRecord(file: string): Promise<InstalledRecord | undefined> {
  if ((await ownershipProblem(file, "file", recordMode)) !== undefined) return undefined;
  const text = await readFile(file, "utf8").catch(unlessMissing);
  return text === undefined ? undefined : InstalledRecord.safeParse(parsed(text)).data;
}

/** Reads what it has read before only when the file may have changed since. */
export class FileDigests {
  readonly #known = new Map<string, string>();

  /** The SHA-256 of a file, in hexadecimal. */
  async of(file: string): Promise<string> {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    const state = [dev, ino, size, mtimeNs, ctimeNs].join(":");
    const digest = this.#known.get(state) ?? (await sha256Of(file));
    this.#known.set(state, digest);
    return digest;
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
