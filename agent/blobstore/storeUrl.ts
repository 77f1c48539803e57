import { posix } from "node:path";
import { z } from "zod";
import { ForkpointError } from "../protocol/errors.ts";

export interface DirectoryUrl {
  readonly kind: "directory";
  /** Absolute and normalised. */
  readonly path: string;
  /** The canonical text; never with credentials. */
  readonly text: string;
}

export interface S3Url {
  readonly kind: "s3";
  readonly bucket: string;
  /** Empty, or ends with a slash: what stands before every key. */
  readonly prefix: string;
  /** null: Amazon's own. */
  readonly endpoint: string | null;
  /** null: found by the bucket. */
  readonly region: string | null;
  readonly forcePathStyle: boolean;
  /** The canonical text; never with credentials. */
  readonly text: string;
}

export type StoreUrl = DirectoryUrl | S3Url;

// The printable characters, so that a line break or an escape sequence never reaches a terminal.
const Folder = z
  .string()
  .startsWith("/", "A folder is written dir:///absolute/path.")
  .regex(/^[^?]*$/, "A folder takes no options, and its path may not hold a question mark.")
  .regex(/^\P{Cc}*$/u, "The path holds a control character.")
  .transform((path) => posix.normalize(path).replace(/(?<=.)\/$/, ""));

const Bucket = z
  .string()
  .regex(
    /^(?!xn--)[a-z0-9](?:[a-z0-9-]|\.(?![.-])(?<!-\.)){1,61}[a-z0-9]$/,
    "A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens.",
  )
  .refine((name) => !/^\d+\.\d+\.\d+\.\d+$/.test(name), "A bucket's name is no IP address.");

const Prefix = z
  .string()
  .regex(/^[A-Za-z0-9._/-]*$/, "The prefix may hold letters, digits, dots, underscores, hyphens and slashes.")
  .max(512, "The prefix is too long.")
  .transform((path) => path.split("/").filter((part) => part !== ""))
  .refine(
    (parts) => !parts.some((part) => part === "." || part === ".."),
    "The prefix holds . or .. as a name.",
  )
  .transform((parts) => parts.map((part) => `${part}/`).join(""));

const Endpoint = z
  .url({ protocol: /^https?$/, error: "The endpoint begins with https:// or http://." })
  .transform((text) => new URL(text))
  .refine(({ username, password }) => username === "" && password === "", "Leave credentials out.")
  .refine(({ search, hash }) => search === "" && hash === "", "The endpoint has a query of its own.")
  .transform((url) => url.href.replace(/\/$/, ""));

const Options = z.strictObject({
  endpoint: Endpoint.optional(),
  region: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "The region is a name like eu-central-1.")
    .optional(),
  forcePathStyle: z.enum(["true", "false"], "forcePathStyle is true or false.").optional(),
});

/**
 * Reads `dir:///path` or `s3://bucket/prefix?endpoint=…&region=…&forcePathStyle=true`. A folder's path
 * stands as it is, without percent-encoding. With an endpoint, forcePathStyle is true unless it is given.
 * @throws ForkpointError STORE_URL_INVALID
 */
export function parseStoreUrl(text: string): StoreUrl {
  const value = text.trim();
  if (value.startsWith("dir:")) return parseDirectory(value);
  if (value.startsWith("s3:")) return parseS3(value);
  throw invalid("A store begins with dir:/// for a folder or s3:// for a bucket.");
}

function parseDirectory(value: string): DirectoryUrl {
  const path = checked(Folder, value.replace(/^dir:(\/\/)?/, ""));
  if (path === "/") throw invalid("The root of the file system is no store; name a folder in it.");
  return { kind: "directory", path, text: `dir://${path}` };
}

function parseS3(value: string): S3Url {
  const found = /^s3:\/\/(?<authority>[^/?#]*)(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?<fragment>#.*)?$/.exec(
    value,
  );
  if (!found?.groups) throw invalid("A bucket is written s3://bucket/prefix.");
  const { authority = "", path = "", query = "", fragment } = found.groups;
  if (authority.includes("@")) throw credentialsInUrl();
  if (fragment !== undefined) throw invalid("The address holds a # and what follows it has no meaning.");
  const bucket = checked(Bucket, authority);
  const prefix = checked(Prefix, path);
  const { endpoint, region, forcePathStyle } = checked(Options, optionsOf(query));
  const options = Object.entries({ endpoint, region, forcePathStyle }).flatMap(([name, each]) =>
    each === undefined
      ? []
      : [`${name}=${encodeURIComponent(each).replaceAll("%3A", ":").replaceAll("%2F", "/")}`],
  );
  return {
    kind: "s3",
    bucket,
    prefix,
    endpoint: endpoint ?? null,
    region: region ?? null,
    forcePathStyle: forcePathStyle ? forcePathStyle === "true" : endpoint !== undefined,
    text: [
      `s3://${bucket}${prefix && `/${prefix.slice(0, -1)}`}`,
      ...(options.length > 0 ? [options.join("&")] : []),
    ].join("?"),
  };
}

function optionsOf(query: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const [name, each] of new URLSearchParams(query)) {
    if (/key|secret|token|password|credential/i.test(name)) throw credentialsInUrl();
    if (Object.hasOwn(options, name)) throw invalid(`The option ${name} is given twice.`);
    options[name] = each;
  }
  return options;
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === "unrecognized_keys") {
    throw invalid(
      `A store has no option ${issue.keys.join(", ")}; there are endpoint, region and forcePathStyle.`,
    );
  }
  if (issue?.message === "Leave credentials out.") throw credentialsInUrl();
  throw invalid(issue?.message ?? "The address cannot be read.");
}

function invalid(message: string, hint?: string): ForkpointError {
  return new ForkpointError("STORE_URL_INVALID", message, hint === undefined ? {} : { hint });
}

function credentialsInUrl(): ForkpointError {
  return invalid(
    "The address holds credentials.",
    "Leave them out; the agent finds them where the AWS tools do: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws.",
  );
}
