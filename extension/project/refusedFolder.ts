import * as l10n from "@vscode/l10n";

/**
 * Why a folder should not even be offered for import, or null. The agent decides when it comes to it;
 * this only keeps the welcome view from inviting someone to do what would be refused.
 */
export function refusedFolder(folder: string, homeFolder: string): string | null {
  const path = trimSlash(folder);
  if (path === "/") return l10n.t("This is the root of the whole file system.");
  const home = trimSlash(homeFolder);
  if (path === home) return l10n.t("This is your home folder.");
  if (`${home}/`.startsWith(`${path}/`)) return l10n.t("This folder holds your home folder.");
  return null;
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") || "/" : path;
}
