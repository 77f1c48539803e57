import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { extensionSources } from "../extensionSources.mjs";
import { packageExtension } from "../package.mjs";
import { run } from "../programs.mjs";
import { showing } from "../terminal.mjs";

/**
 * Packs the extension and installs it into the demo's editor, unless what is installed was made from the
 * sources as they are now.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 * @param {{node: string, env: NodeJS.ProcessEnv, editorArgs: readonly string[]}} how
 */
export async function installExtension({ editor }, { node, env, editorArgs }) {
  const mark = join(editor, "extension-made-from");
  const now = extensionSources();
  const vsix = await packageExtension();
  if (existsSync(mark) && readFileSync(mark, "utf8") === now) return;
  await showing("Extension: install it into the editor", async () => {
    mkdirSync(editor, { recursive: true });
    await run(node, [...editorArgs, "--install-extension", vsix, "--force"], { env, log: "editor" });
    writeFileSync(mark, now);
  });
}
