import { hash } from "node:crypto";
import { ForkpointError } from "../protocol/errors.ts";

/** SHA-256 in 64 lower-case hexadecimal digits: the name of an immutable object. */
export type Digest = string;

export const digestBytes = 32;
const pattern = /^[0-9a-f]{64}$/;

export function digestOf(bytes: Uint8Array): Digest {
  return hash("sha256", bytes, "hex");
}

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** An object that is there, but is not what its name or the format promises. */
export function damaged(object: string, why: string): ForkpointError {
  return new ForkpointError("OBJECT_DAMAGED", `The repository's ${object} is damaged: ${why}.`, {
    details: { object },
  });
}

/** An object that something refers to and the store does not have. */
export function missing(object: string): ForkpointError {
  return new ForkpointError("OBJECT_MISSING", `The repository's ${object} is missing from the store.`, {
    details: { object },
  });
}

/** A format version this code does not know. */
export function newer(object: string, version: number): ForkpointError {
  return new ForkpointError(
    "REPOSITORY_NEWER",
    `The repository's ${object} has format version ${version}, which this Forkpoint cannot read.`,
    { details: { object, version } },
  );
}
