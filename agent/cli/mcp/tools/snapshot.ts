import { z } from "zod";
import { Label, Note } from "../../../protocol/entry.ts";
import { EntryResult, entryResult } from "../schemas.ts";
import { tool } from "../tool.ts";

/** Takes a snapshot. */
export const snapshotTool = tool({
  name: "snapshot",
  title: "Take a snapshot",
  description:
    "Keeps the whole workspace as it is now: code, dependencies, database files. Takes no time and changes no file. Without a " +
    "label or note nothing is made when nothing changed since the last one. The project keeps a limited number " +
    "of unpinned snapshots; the oldest roll off.",
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  input: z.strictObject({
    label: Label.optional().describe("a few words to know it by"),
    note: Note.optional().describe("a longer text"),
  }),
  output: z.object({
    created: z.boolean(),
    entry: EntryResult.nullable().describe("the new one, or the one the workspace is equal to"),
  }),
  async run({ label, note }, call) {
    const { projectId, slug } = await call.project();
    const { entry, head } = await call.agent("snapshot/create", {
      project: projectId,
      cause: "assistant",
      ...(label === undefined ? {} : { label }),
      ...(note === undefined ? {} : { note }),
    });
    const shown = entry ?? head;
    return {
      text: entry
        ? `Snapshot ${entry.snapshotId} of ${slug}.`
        : `Nothing changed in ${slug} since ${head?.snapshotId ?? "its first snapshot"}.`,
      result: { created: entry !== null, entry: shown && entryResult(shown) },
    };
  },
});
