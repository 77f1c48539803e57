import { ForkpointError } from "../protocol/errors.ts";
import { looksBinary } from "./looksBinary.ts";
import type { SnapshotFile } from "./snapshotFile.ts";

/**
 * A text file as a screen may have it, some whole lines at a time, each without its last line's end.
 * @throws ForkpointError BAD_REQUEST when it is no text
 */
export async function* shownText(file: SnapshotFile, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let isFirst = true;
  let rest = "";
  for await (const piece of file.pieces()) {
    if (isFirst && looksBinary(piece)) {
      throw new ForkpointError("BAD_REQUEST", `${path} is no text, which a screen could not show.`, {
        hint: "Send it elsewhere, as with `> FILE`.",
      });
    }
    isFirst = false;
    rest += decoder.decode(piece, { stream: true });
    const end = rest.lastIndexOf("\n");
    if (end === -1) continue;
    yield harmless(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  rest += decoder.decode();
  if (rest !== "") yield harmless(rest);
}

/** Without what would move the cursor or colour the screen, but for ends of lines and tabs. */
export function harmless(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, "");
}
