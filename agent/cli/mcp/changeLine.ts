import type { Change } from "../../protocol/change.ts";
import { oneLine } from "../oneLine.ts";
import { changeSigns } from "../wording.ts";

/** "M  src/server.js", "R  old → new". */
export function changeLine({ kind, path, from }: Pick<Change, "kind" | "path" | "from">): string {
  return `${changeSigns[kind]}  ${oneLine(from === undefined ? path : `${from} → ${path}`)}`;
}
