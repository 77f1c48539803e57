import type { Finding, Examined } from "./piece.ts";

/**
 * How each piece is. Changes nothing and needs no rights; what only root can see is `hidden`.
 * @param command what mends a piece that does not say so itself
 */
export async function examineSetup(pieces: readonly Examined[], command: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const piece of pieces) findings.push(await examine(piece, command));
  return findings;
}

async function examine(piece: Examined, command: string): Promise<Finding> {
  const { name } = piece;
  try {
    const message = await piece.problem();
    if (message === undefined) return { name, state: "ok", message: "in place", remedy: null };
    return { name, state: "wrong", message, remedy: piece.remedy ?? `Run \`${command}\`.` };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EACCES") throw thrown;
    return { name, state: "hidden", message: "Only root can see this.", remedy: null };
  }
}
