import { z } from "zod";
import { Cause, causes, type Entry } from "../../../protocol/entry.ts";
import { oneLine } from "../../oneLine.ts";
import { entriesOf } from "../findEntry.ts";
import { EntryResult, entryResult, snapshot } from "../schemas.ts";
import { tool } from "../tool.ts";

/** Lists the snapshots. */
export const timelineTool = tool({
  name: "timeline",
  title: "List snapshots",
  description:
    "Lists the snapshots of the workspace, newest first. `text` keeps those whose label or note holds it, `causes` " +
    `those that were made for one of these reasons: ${causes.join(", ")}. For the next page pass \`nextBefore\` as \`before\`.`,
  hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  input: z.strictObject({
    text: z.string().min(1).max(200).optional().describe("upper and lower case are the same"),
    causes: z.array(Cause).min(1).optional(),
    before: snapshot.optional().describe("only snapshots older than this one"),
    limit: z.number().int().min(1).max(200).default(20),
  }),
  output: z.object({ entries: z.array(EntryResult), nextBefore: z.string().nullable() }),
  async run({ text, causes: wanted, before, limit }, call) {
    const { projectId, slug } = await call.project();
    const found: Entry[] = [];
    let isMore = false;
    for await (const entry of entriesOf(projectId, call, before)) {
      if (!holds(entry, text) || (wanted && !wanted.includes(entry.cause))) continue;
      isMore = found.length === limit;
      if (isMore) break;
      found.push(entry);
    }
    const nextBefore = isMore ? (found.at(-1)?.snapshotId ?? null) : null;
    const lines = found.map(entryLine);
    if (lines.length === 0) lines.push(`${slug} has no such snapshots.`);
    if (nextBefore !== null) lines.push(`… and more: pass before: "${nextBefore}"`);
    return { text: lines.join("\n"), result: { entries: found.map(entryResult), nextBefore } };
  },
});

function holds({ label, note }: Entry, text: string | undefined): boolean {
  if (text === undefined) return true;
  const needle = text.toLowerCase();
  return [label, note].some((words) => words?.toLowerCase().includes(needle));
}

/** "7k2m…  2026-01-02T11:59:30.000Z  manual  local  pinned  label  (the workspace stands on it)" */
function entryLine({
  snapshotId,
  createdAt,
  cause,
  durability,
  problem,
  pinned,
  label,
  head,
}: Entry): string {
  return [
    ...[snapshotId, createdAt, cause, problem === null ? durability : "damaged"],
    ...(pinned ? ["pinned"] : []),
    ...(label === null ? [] : [oneLine(label)]),
    ...(head ? ["(the workspace stands on it)"] : []),
  ].join("  ");
}
