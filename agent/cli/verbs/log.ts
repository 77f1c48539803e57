import { type Command, InvalidArgumentError, Option } from "commander";
import { type Cause, causes, type Entry, type EntryFilter } from "../../protocol/entry.ts";
import type { Result } from "../../protocol/methods.ts";
import { namedMoment } from "../../protocol/namedMoment.ts";
import type { Room } from "../../protocol/retention.ts";
import type { CliContext } from "../cliContext.ts";
import { entryLine, entryLineHead } from "../entryLine.ts";
import { toCount } from "../toCount.ts";
import { plural } from "../wording.ts";

/** Entries whose changes are counted at a time; a screen or two, so that the first come soon. */
const pageSize = 50;
/** JSON has no counts, so that a page costs no more than a look into the catalog. */
const jsonPageSize = 1000;

interface Options {
  number?: number;
  grep?: string;
  cause?: Cause[];
  author?: string;
  since?: string;
  until?: string;
  path?: string;
  sizes?: true;
}

export function addLog(program: Command, context: CliContext): void {
  program
    .command("log")
    .alias("timeline")
    .summary("list the snapshots, newest first")
    .description(
      "Lists the snapshots of a project, newest first. A star marks the one the workspace stands on. CHANGES\n" +
        "counts what came (+), changed (~) and went (-) since the snapshot it grew from. With --json prints the\n" +
        "entries, without these counts.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .option("-n, --number <count>", "at most so many", toCount)
    .option("--grep <text>", "with this text in the label, the note or the command that led to it")
    .addOption(
      new Option("--cause <cause>", `made by this: ${causes.join(", ")}; may be repeated`).argParser(
        toCauses,
      ),
    )
    .option("--author <name>", "made by this user")
    .option("--since <date>", "not before: 2026-01-31, '2026-01-31 18:00', or 90m, 12h, 3d or 2w ago")
    .option("--until <date>", "not after")
    .option("--path <path>", "that changed this path or something below it, relative to the workspace's root")
    .option("--sizes", "with what deleting each of them alone frees, which takes a moment the first time")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint log\n  $ forkpoint log shop --since 3d --cause manual --grep upgrade\n" +
        "  $ forkpoint log --path package.json -n 1",
    )
    .action(async (named: string | undefined, options: Options) => {
      const filter = filterOf(options, context);
      const { projectId, slug } = await context.project(named);
      const wish = { projectId, filter, path: options.path, most: options.number ?? Infinity };
      if (context.json) {
        const entries: Entry[] = [];
        for await (const page of pages(wish, context)) entries.push(...page.entries);
        const sizes = options.sizes ? await sizesOf(projectId, entries, context) : null;
        const withSizes = entries.map((entry) => ({ ...entry, room: sizes?.get(entry.snapshotId) ?? null }));
        context.show(sizes ? withSizes : entries, () => "");
        return;
      }
      await context.page(async (print) => {
        let shown = 0;
        let unknown = 0;
        for await (const page of pages(wish, context)) {
          unknown += page.unknown;
          const { idLength, entries } = page;
          if (entries.length === 0) continue;
          const sizes = options.sizes ? await sizesOf(projectId, entries, context) : null;
          if (shown === 0) await print(entryLineHead(idLength, sizes !== null));
          shown += entries.length;
          const lines = entries.map((entry) =>
            entryLine(
              entry,
              {
                idLength,
                summary: page.changes.get(entry.snapshotId)?.summary ?? null,
                ...(sizes && { room: sizes.get(entry.snapshotId) ?? null }),
              },
              context.terminal,
            ),
          );
          await print(lines.join("\n"));
        }
        if (shown === 0) await print(`${slug} has no ${isEmpty(wish) ? "snapshots yet" : "such snapshots"}.`);
        if (unknown > 0)
          await print(`${plural(unknown, "snapshot")} could not be looked into: not on this disk.`);
      });
    });
}

/** What deleting each of them alone frees. */
async function sizesOf(
  project: string,
  entries: readonly Entry[],
  context: CliContext,
): Promise<Map<string, Room>> {
  if (entries.length === 0) return new Map();
  const snapshotIds = entries.map(({ snapshotId }) => snapshotId);
  const { sizes } = await context.call("timeline/sizes", { project, snapshotIds });
  return new Map(sizes?.map(({ snapshotId, room }) => [snapshotId, room]));
}

interface Wish {
  readonly projectId: string;
  readonly filter: EntryFilter;
  readonly path: string | undefined;
  readonly most: number;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly idLength: number;
  readonly changes: ReadonlyMap<string, Result<"timeline/changes">["changes"][number]>;
  /** Of how many nobody can tell whether they changed the path. */
  readonly unknown: number;
}

async function* pages(wish: Wish, context: CliContext): AsyncGenerator<Page> {
  const { projectId: project, filter, path, most } = wish;
  const isCounted = !context.json || path !== undefined;
  let before: string | undefined;
  for (let left = most, more = true; more && left > 0;) {
    const size = isCounted ? pageSize : jsonPageSize;
    const listed = await context.call("timeline/list", {
      project,
      limit: path === undefined ? Math.min(left, size) : size,
      ...(isEmpty({ filter }) ? {} : { filter }),
      ...(before === undefined ? {} : { before }),
    });
    const { idLength } = listed;
    more = listed.more;
    before = listed.entries.at(-1)?.snapshotId;
    const snapshotIds = listed.entries.map(({ snapshotId }) => snapshotId);
    const counted =
      isCounted && snapshotIds.length > 0
        ? await context.call("timeline/changes", {
            project,
            snapshotIds,
            ...(path === undefined ? {} : { path }),
          })
        : { changes: [] };
    const changes = new Map(counted.changes.map((change) => [change.snapshotId, change]));
    const touches = ({ snapshotId }: Entry) => changes.get(snapshotId)?.touches ?? null;
    const wanted = path === undefined ? listed.entries : listed.entries.filter((entry) => touches(entry));
    const entries = wanted.slice(0, left);
    left -= entries.length;
    const unknown = path === undefined ? 0 : listed.entries.filter((entry) => touches(entry) === null).length;
    yield { entries, idLength, changes, unknown };
  }
}

function isEmpty({
  filter,
  path,
}: {
  readonly filter: EntryFilter;
  readonly path?: string | undefined;
}): boolean {
  return Object.keys(filter).length === 0 && path === undefined;
}

function filterOf({ grep, cause, author, since, until }: Options, context: CliContext): EntryFilter {
  const moment = (text: string, side: "first" | "last") =>
    namedMoment(text, context.terminal.now(), side) ??
    context.wrongUsage(`${JSON.stringify(text)} is no date; write 2026-01-31, '2026-01-31 18:00' or 3d.`);
  return {
    ...(grep === undefined ? {} : { text: grep }),
    ...(cause === undefined ? {} : { causes: cause }),
    ...(author === undefined ? {} : { author }),
    ...(since === undefined ? {} : { since: moment(since, "first") }),
    ...(until === undefined ? {} : { until: moment(until, "last") }),
  };
}

function toCauses(text: string, before: Cause[] | undefined): Cause[] {
  const cause = causes.find((each) => each === text);
  if (cause) return [...new Set([...(before ?? []), cause])];
  throw new InvalidArgumentError(`Write one of ${causes.join(", ")}.`);
}
