import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../../agent/repository/FORMAT.md", import.meta.url));

/** The text of an example in the format's specification: what stands in the fenced block of that name. */
export function exampleText(name: string): string {
  const block = new RegExp(`^\`\`\`${name}\\n([^]*?)\`\`\`$`, "m").exec(readFileSync(file, "utf8"));
  assert.ok(block?.[1] !== undefined, `FORMAT.md has an example called ${name}`);
  return block[1];
}

/** The bytes of an example in hexadecimal. */
export function exampleBytes(name: string): Buffer {
  const text = exampleText(name).replaceAll(/\s/g, "");
  assert.match(text, /^([0-9a-f]{2})+$/);
  return Buffer.from(text, "hex");
}
