import { z } from "zod";
import { DependencyChanges, fewerPackages } from "../../../protocol/dependencies.ts";
import { dependencyLines } from "../../dependencyText.ts";
import { summaryText } from "../../wording.ts";
import { changeLine } from "../changeLine.ts";
import { ChangeResult, snapshot, SummaryResult } from "../schemas.ts";
import { tool } from "../tool.ts";

/** The agent gives no more at once. */
const mostChanges = 200_000;
/** Of each lockfile. */
const mostPackages = 50;

/** Says what differs. */
export const diffTool = tool({
  name: "diff",
  title: "Compare snapshots",
  description:
    "Names the paths that differ from snapshot `from` to snapshot `to`, or to the workspace as it is now when `to` is left out. " +
    "Says which files, not which lines; read those with `show`. Kinds: added, modified, removed, renamed, and metadata for owner, mode, " +
    "times or attributes alone. Lockfiles that differ say which packages came, went or have other versions. For the next page pass " +
    "`nextOffset` as `offset`.",
  hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  input: z.strictObject({
    from: snapshot.describe("its id, or the first four or more characters of it"),
    to: snapshot.optional().describe("now when left out"),
    offset: z.number().int().min(0).max(mostChanges).default(0),
    limit: z.number().int().min(1).max(1000).default(200),
  }),
  output: z.object({
    changes: z.array(ChangeResult),
    summary: SummaryResult.describe("of all changes, not only of this page"),
    dependencies: DependencyChanges.nullable().describe(
      `the packages that differ, at most ${mostPackages} of each lockfile; its counts are of all. Null but on the first page`,
    ),
    nextOffset: z.number().nullable(),
  }),
  async run({ from, to, offset, limit }, call) {
    const { projectId } = await call.project();
    const end = Math.min(offset + limit, mostChanges);
    const { changes, summary, truncated, dependencies } = await call.agent("timeline/diff", {
      project: projectId,
      from,
      limit: Math.max(end, 1),
      packages: offset === 0,
      ...(to === undefined ? {} : { to }),
    });
    const page = changes.slice(offset, end).map(({ path, kind, from: before, type, size }) => ({
      ...{ path, kind, type, size },
      ...(before === undefined ? {} : { from: before }),
    }));
    const nextOffset = truncated && end < mostChanges ? end : null;
    const packages = dependencies ? fewerPackages(dependencies, mostPackages) : null;
    const lines = [
      ...page.map(changeLine),
      ...dependencyLines(packages ?? undefined, unpainted, mostPackages),
      summaryText(summary),
    ];
    if (nextOffset !== null) lines.push(`… and more: pass offset: ${nextOffset}`);
    else if (truncated) lines.push(`… and more, which are not listed.`);
    return { text: lines.join("\n"), result: { changes: page, summary, dependencies: packages, nextOffset } };
  },
});

const unpainted = { paint: (_colour: unknown, text: string) => text };
