import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/**
 * The page of a panel: one script from dist/webview, which brings its styles along. Nothing else may be
 * loaded or run.
 * @param name of the script, without its ending
 */
export function webviewPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: string,
  title: string,
): string {
  const nonce = randomBytes(16).toString("base64");
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", "webview", `${name}.js`));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  const { bundle } = vscode.l10n;
  // As an attribute, since the policy lets no script but the one below run.
  const language = bundle
    ? `lang="${escapeHtml(vscode.env.language)}" data-texts="${escapeHtml(JSON.stringify(bundle))}"`
    : `lang="en"`;
  return `<!DOCTYPE html>
<html ${language}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
</head>
<body>
<main id="page"></main>
<script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
