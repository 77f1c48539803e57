import { z } from "zod";

/** Raised when an older helper would misunderstand a request; an agent uses only a helper that says the same. */
export const helperProtocol = 1;

/** The longest request line, its line feed included. */
export const maxRequestBytes = 64 * 1024;

const isPlainPart = (part: string) => part !== "" && part !== "." && part !== ".." && !part.includes("\0");

/** The last part of the folder a pool is mounted at. */
const poolName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "is no name for a pool");
/** An absolute path without links, dots or doubled slashes. */
const image = z
  .string()
  .max(4096)
  .refine((path) => path.startsWith("/") && path.slice(1).split("/").every(isPlainPart), "is no plain path");
/** A path below the root of a pool, relative to it. */
const pathInPool = z
  .string()
  .max(4096)
  .refine((path) => path.split("/").every(isPlainPart), "leaves the pool or is no plain path");

/**
 * What one call asks for: one line of JSON at the start of stdin. Whoever calls keeps stdin open until the
 * answer has come; closing it gives up a `send`, which may be cut off at any time.
 *
 * Success ends with status 0 and a line of JSON on stdout, except for `send`, whose stdout is the stream.
 * Failure ends with status 1 and the line `{"error":{code,message,hint}}` on stderr.
 */
export const HelperRequest = z.discriminatedUnion("verb", [
  z.strictObject({ verb: z.literal("status") }),
  /** Makes a pool of the caller's own, empty image file, which becomes root's. */
  z.strictObject({ verb: z.literal("makePool"), image }),
  /** Mounts a pool of the caller; once more is no error. Answered by `Mounted`. */
  z.strictObject({ verb: z.literal("mount"), image, name: poolName }),
  z.strictObject({ verb: z.literal("unmount"), name: poolName }),
  /** Unmounts, and gives the image back to the caller as a plain file. What is not known is no error. */
  z.strictObject({ verb: z.literal("forget"), image }),
  /** `size` in bytes, not below what it is. */
  z.strictObject({ verb: z.literal("grow"), name: poolName, size: z.number().int().positive() }),
  z.strictObject({
    verb: z.literal("send"),
    name: poolName,
    snapshot: pathInPool,
    parent: pathInPool.optional(),
    noData: z.boolean(),
  }),
  /** The rest of stdin is a full send stream; its subvolume appears in `directory`, complete or not at all. */
  z.strictObject({ verb: z.literal("receive"), name: poolName, directory: pathInPool }),
  /**
   * The rest of stdin is paths relative to `volume`, each followed by a NUL: what is there in both gets the
   * owner that it has in `snapshot`. The root folder stays the caller's.
   */
  z.strictObject({
    verb: z.literal("restoreOwners"),
    name: poolName,
    snapshot: pathInPool,
    volume: pathInPool,
  }),
]);
export type HelperRequest = z.infer<typeof HelperRequest>;
export type HelperVerb = HelperRequest["verb"];
export type RequestOf<V extends HelperVerb> = Extract<HelperRequest, { verb: V }>;

/** The answer to `status`. */
export const HelperStatus = z.object({
  protocol: z.number(),
  /** The folder below which the caller's pools are mounted. */
  mountsFolder: z.string(),
  pools: z.array(z.object({ image: z.string(), name: z.string().nullable(), mounted: z.boolean() })),
});
export type HelperStatus = z.infer<typeof HelperStatus>;

/** The answer to `mount`. */
export const Mounted = z.object({ path: z.string() });

/** The line on stderr of a call that failed. */
export const HelperFailure = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
});
