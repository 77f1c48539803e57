import { z } from "zod";
import { fileText } from "../fileText.ts";
import { findEntry } from "../findEntry.ts";
import { snapshot, workspacePath } from "../schemas.ts";
import { tool } from "../tool.ts";

const usualBytes = 64 * 1024;
const mostBytes = 256 * 1024;

/** Gives the text of a file. */
export const showTool = tool({
  name: "show",
  title: "Show a file",
  description:
    "Gives the text of one file as it was in a snapshot, without restoring anything. Only text in UTF-8; symbolic links are not followed. At most " +
    "`limit` bytes at once; for the rest pass `nextOffset` as `offset`.",
  hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  input: z.strictObject({
    snapshot: snapshot.describe("its id, or the first four or more characters of it"),
    path: workspacePath,
    offset: z.number().int().min(0).default(0).describe("bytes from the beginning of the file"),
    limit: z.number().int().min(16).max(mostBytes).default(usualBytes).describe("bytes"),
  }),
  output: z.object({
    snapshotId: z.string(),
    path: z.string(),
    size: z.number().describe("bytes of the whole file"),
    offset: z.number(),
    nextOffset: z.number().nullable(),
    text: z.string(),
  }),
  async run({ snapshot: name, path, offset, limit }, call) {
    const { projectId } = await call.project();
    const entry = await findEntry(projectId, name, call);
    const shown = await fileText(entry.path, path, { offset, limit });
    return { text: shown.text, result: { snapshotId: entry.snapshotId, path, ...shown } };
  },
});
