import type { z } from "zod";
import { NotALockfile } from "./packages.ts";

/** JSON of a known shape. @throws NotALockfile */
export function jsonOf<S extends z.ZodType>(text: string, schema: S): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotALockfile("it is not JSON");
  }
  return shapeOf(value, schema);
}

/** @throws NotALockfile */
export function shapeOf<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new NotALockfile("it does not have the form of such a file");
}
