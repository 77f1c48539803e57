/**
 * Why a folder should not even be offered for import, or null. The agent decides when it comes to it;
 * this only keeps the welcome view from inviting someone to do what would be refused.
 */
export function refusedFolder(folder: string, homeFolder: string): string | null {
  const path = trimSlash(folder);
  if (path === "/") return "This is the root of the whole file system.";
  const home = trimSlash(homeFolder);
  if (path === home) return "This is your home folder.";
  if (`${home}/`.startsWith(`${path}/`)) return "This folder holds your home folder.";
  return null;
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") || "/" : path;
}
