import type { Row } from "./catalog.ts";

/** Column readers that refuse a value of another type, so that a damaged catalog is noticed. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw wrongType(column, "text");
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw wrongType(column, "number");
  return value;
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : number(row, column);
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw wrongType(column, "bytes");
  return value;
}

function wrongType(column: string, type: string): Error {
  return new Error(`The catalog holds no ${type} in ${column}.`);
}
