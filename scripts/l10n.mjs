import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { checkout } from "./paths.mjs";

/** What translations are made from. */
export const bundleFile = "l10n/bundle.l10n.json";

/**
 * Every text for a person in extension/ and webview/, in English and in the form of VS Code's bundles: the
 * arguments of `l10n.t` and of `plural`, which must be literals.
 */
export function englishBundle() {
  /** @type {Map<string, string | {message: string, comment: string[]}>} */
  const texts = new Map();
  for (const folder of ["extension", "webview"]) {
    for (const path of readdirSync(join(checkout, folder), { recursive: true, encoding: "utf8" })) {
      if (!path.endsWith(".ts")) continue;
      const file = join(folder, path);
      const source = readFileSync(join(checkout, file), "utf8");
      visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true), texts);
    }
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/** @param {ts.Node} node @param {Map<string, string | {message: string, comment: string[]}>} texts */
function visit(node, texts) {
  if (ts.isCallExpression(node)) {
    const callee = node.expression.getText();
    const marked = callee === "l10n.t" ? [0, 1] : callee === "plural" ? [1, 3] : [0, 0];
    for (const argument of node.arguments.slice(...marked)) {
      const parts = ts.isObjectLiteralExpression(argument)
        ? Object.fromEntries(
            argument.properties.filter(ts.isPropertyAssignment).map((each) => [each.name.getText(), each]),
          )
        : {};
      const message = literal(parts["message"]?.initializer ?? argument);
      const comment = parts["comment"] && literal(parts["comment"].initializer);
      if (comment === undefined) texts.set(message, message);
      else texts.set(`${message}/${comment}`, { message, comment: [comment] });
    }
  }
  ts.forEachChild(node, (child) => visit(child, texts));
}

/** @param {ts.Expression} node */
function literal(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  throw new Error(
    `${node.getSourceFile().fileName}: ${node.getText()} is no literal, so nobody can translate it.`,
  );
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(join(checkout, "l10n"), { recursive: true });
  writeFileSync(join(checkout, bundleFile), englishBundle());
}
