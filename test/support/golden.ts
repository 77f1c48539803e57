import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Compares a text with the file that holds what it should be; UPDATE_GOLDEN=1 writes the file instead. */
export function assertGolden(file: string, actual: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  assert.ok(existsSync(file), `${file} is missing; record it with UPDATE_GOLDEN=1.`);
  assert.equal(actual, readFileSync(file, "utf8"));
}
