import type { Entry } from "../protocol/entry.ts";
import { oneLine } from "./oneLine.ts";

/**
 * "dependencies, from 7k2m…"; null for what is no restore, and where that is not known.
 * @param short how many characters of the id, and how many paths, are enough; all unless given
 */
export function restoredWords(
  { restored }: Pick<Entry, "restored">,
  { idLength = Infinity, paths: most = Infinity }: { idLength?: number; paths?: number } = {},
): string | null {
  if (!restored) return null;
  const { targetId, parts, paths } = restored;
  const named = paths && [...paths.slice(0, most), ...(paths.length > most ? ["…"] : [])];
  const what = parts?.join(" and ") ?? (named && oneLine(named.join(", "))) ?? "everything";
  return `${what}, from ${targetId.slice(0, idLength)}`;
}
