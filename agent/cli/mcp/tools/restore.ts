import { z } from "zod";
import { summaryText } from "../../wording.ts";
import { findEntry } from "../findEntry.ts";
import { changesWithin, plainPaths, restoreQuestion } from "../restoreQuestion.ts";
import { snapshot, SummaryResult, workspacePath } from "../schemas.ts";
import { tool } from "../tool.ts";
import type { ToolCall } from "../toolCall.ts";

/** More than a person reads; the agent gives no more at once. */
const mostChanges = 200_000;

/** Goes back to a snapshot. */
export const restoreTool = tool({
  name: "restore",
  title: "Restore a snapshot",
  description:
    "Makes the whole workspace, or the named paths of it, equal to a snapshot, in place: files change, and those that the snapshot does not " +
    "have are removed. A person is asked first, unless the server was started with --fork or --allow-restore. What was there before is kept as " +
    "a snapshot, which the result names. Fails when a program has an affected file open for writing.",
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  input: z.strictObject({
    snapshot: snapshot.describe("its id, or the first four or more characters of it"),
    paths: z.array(workspacePath).min(1).max(1000).optional().describe("the whole workspace when left out"),
  }),
  output: z.object({
    restored: z.boolean().describe("false when all was equal already"),
    snapshotId: z.string().nullable().describe("the new entry of the timeline"),
    summary: SummaryResult,
    undo: z
      .object({ snapshotId: z.string(), command: z.string() })
      .nullable()
      .describe("restoring this snapshot, or running this command, brings back what was there"),
  }),
  async run({ snapshot: name, paths }, call) {
    const { projectId, slug } = await call.project();
    const plain = paths && plainPaths(paths);
    const snapshotId = call.restoresFreely ? name : await askPerson(name, plain, call);
    const { entry, guard, summary } = await call.agent("timeline/restore", {
      project: projectId,
      snapshotId,
      ...(plain === undefined ? {} : { paths: plain }),
    });
    const undo = guard && { snapshotId: guard.snapshotId, command: `forkpoint undo ${slug}` };
    const how = undo
      ? ` What was there before is the snapshot ${undo.snapshotId}: to undo, restore it or run \`${undo.command}\`.`
      : "";
    return {
      text: entry ? `Restored (${summaryText(summary)}).${how}` : "The workspace was equal to it already.",
      result: { restored: entry !== null, snapshotId: entry?.snapshotId ?? null, summary, undo },
    };
  },
});

/** Shows a person what would happen; gives the id of the entry that was agreed to. */
async function askPerson(
  name: string,
  paths: readonly string[] | undefined,
  call: ToolCall,
): Promise<string> {
  call.requirePerson();
  const project = await call.project();
  const entry = await findEntry(project.projectId, name, call);
  const { changes, truncated } = await call.agent("timeline/diff", {
    project: project.projectId,
    from: entry.snapshotId,
    limit: mostChanges,
  });
  const affected = paths ? changesWithin(changes, paths) : changes;
  const message = restoreQuestion(project, entry, { changes: affected, paths, truncated });
  await call.confirm({ message, agree: "Restore" });
  return entry.snapshotId;
}
