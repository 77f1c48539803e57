import { z } from "zod";
import { summaryText } from "../../wording.ts";
import { plainPaths, restoreQuestion, type RestoreScope } from "../restoreQuestion.ts";
import { snapshot, SummaryResult, workspacePath, workspaceParts } from "../schemas.ts";
import { tool } from "../tool.ts";
import type { ToolCall } from "../toolCall.ts";

/** More than a person reads; the agent gives no more at once. */
const mostChanges = 200_000;

/** Goes back to a snapshot. */
export const restoreTool = tool({
  name: "restore",
  title: "Restore a snapshot",
  description:
    "Makes the whole workspace, or the named paths or parts of it, equal to a snapshot, in place: files change, and those that the snapshot does not " +
    "have are removed. A person is asked first, unless the server was started with --fork or --allow-restore. What was there before is kept as " +
    "a snapshot, which the result names. Fails when a program has an affected file open for writing.",
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  input: z.strictObject({
    snapshot: snapshot.describe("its id, or the first four or more characters of it"),
    paths: z.array(workspacePath).min(1).max(1000).optional().describe("the whole workspace when left out"),
    parts: workspaceParts.optional(),
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
  async run({ snapshot: name, paths, parts }, call) {
    const { projectId, slug } = await call.project();
    const scope = { ...(paths && { paths: plainPaths(paths) }), ...(parts && { parts }) };
    const snapshotId = call.restoresFreely ? name : await askPerson(name, scope, call);
    const { entry, guard, summary } = await call.agent("timeline/restore", {
      ...{ project: projectId, snapshotId },
      ...scope,
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
async function askPerson(name: string, scope: RestoreScope, call: ToolCall): Promise<string> {
  call.requirePerson();
  const project = await call.project();
  const preview = await call.agent("timeline/preview", {
    ...{ project: project.projectId, snapshotId: name, limit: mostChanges },
    ...scope,
  });
  await call.confirm({ message: restoreQuestion(project, preview, scope), agree: "Restore" });
  return preview.target.snapshotId;
}
