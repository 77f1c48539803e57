import { z } from "zod";
import { damaged, digestOf, newer } from "./digest.ts";

const newline = 0x0a;

/**
 * Parses a JSON object that carries `format`.
 * @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER
 */
export function parseObject<T>(object: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    throw damaged(object, "it is not JSON");
  }
  const format = z.looseObject({ format: z.number().int() }).safeParse(value);
  if (format.success && format.data.format > 1) throw newer(object, format.data.format);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw damaged(object, z.prettifyError(parsed.error).replaceAll("\n", " "));
  return parsed.data;
}

/**
 * FORMAT.md, "Sealed objects": the JSON and its SHA-256, a line each. For objects whose name is no digest.
 */
export function sealObject(value: object): Buffer {
  const json = Buffer.from(`${JSON.stringify(value)}\n`, "utf8");
  return Buffer.concat([json, Buffer.from(`${digestOf(json)}\n`, "latin1")]);
}

/** @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER */
export function openSealed<T>(object: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  const end = bytes.indexOf(newline) + 1;
  const json = bytes.subarray(0, end);
  if (Buffer.from(bytes.subarray(end)).toString("latin1") !== `${digestOf(json)}\n`) {
    throw damaged(object, "its bytes do not match its seal");
  }
  return parseObject(object, json, schema);
}
