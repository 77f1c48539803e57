import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageExtension } from "../package.mjs";
import { checkout } from "../paths.mjs";
import { run } from "../programs.mjs";
import { showing } from "../terminal.mjs";

const sources = ["agent", "extension", "webview", "media", "bin", "package.json", "package-lock.json"];

/**
 * Packs the extension and installs it into the demo's editor, unless what is installed was made from the
 * sources as they are now.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 * @param {{node: string, env: NodeJS.ProcessEnv, editorArgs: readonly string[]}} how
 */
export async function installExtension({ editor }, { node, env, editorArgs }) {
  const mark = join(editor, "extension-made-from");
  const now = fingerprint();
  const built = existsSync(join(checkout, "dist", "cli.mjs"));
  if (built && existsSync(mark) && readFileSync(mark, "utf8") === now) return;
  await showing("Extension: build, pack and install", async () => {
    const vsix = await packageExtension();
    mkdirSync(editor, { recursive: true });
    await run(node, [...editorArgs, "--install-extension", vsix, "--force"], { env, log: "editor" });
    writeFileSync(mark, now);
  });
}

/** What the sources of the extension are: their names, sizes and times. */
function fingerprint() {
  const hash = createHash("sha256");
  const add = (/** @type {string} */ path) => {
    const { size, mtimeMs } = statSync(join(checkout, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  };
  for (const source of sources.filter((path) => existsSync(join(checkout, path)))) {
    if (statSync(join(checkout, source)).isFile()) add(source);
    else {
      for (const path of readdirSync(join(checkout, source), { recursive: true, encoding: "utf8" }).sort()) {
        add(join(source, path));
      }
    }
  }
  return hash.digest("hex");
}
