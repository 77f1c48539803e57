import type { Entry } from "../../protocol/entry.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { ToolCall } from "./toolCall.ts";

const pageSize = 1000;
const shortestPrefix = 4;

/** All entries of a project, newest first, read page by page as they are asked for. */
export async function* entriesOf(
  projectId: string,
  call: Pick<ToolCall, "agent">,
  from?: string,
): AsyncGenerator<Entry, void> {
  let before = from;
  for (let more = true; more;) {
    const page = await call.agent("timeline/list", {
      project: projectId,
      limit: pageSize,
      ...(before === undefined ? {} : { before }),
    });
    yield* page.entries;
    before = page.entries.at(-1)?.snapshotId;
    more = page.more && before !== undefined;
  }
}

/**
 * The entry with this id, or with the only id that begins so.
 * @throws ForkpointError SNAPSHOT_NOT_FOUND
 */
export async function findEntry(
  projectId: string,
  name: string,
  call: Pick<ToolCall, "agent">,
): Promise<Entry> {
  const found: Entry[] = [];
  for await (const entry of entriesOf(projectId, call)) {
    if (entry.snapshotId === name) return entry;
    if (name.length >= shortestPrefix && entry.snapshotId.startsWith(name)) found.push(entry);
  }
  const [only, second] = found;
  if (only && !second) return only;
  throw new ForkpointError(
    "SNAPSHOT_NOT_FOUND",
    second
      ? `More than one snapshot begins with ${JSON.stringify(name)}.`
      : `There is no snapshot ${JSON.stringify(name)} in this project.`,
    { hint: second ? "Write more of the id." : "List snapshots with the tool `timeline`." },
  );
}
