import { type Command, InvalidArgumentError } from "commander";
import type { DeletedPath, PathVersion } from "../../protocol/pathHistory.ts";
import { shellWords } from "../../protocol/shellWords.ts";
import type { CliContext } from "../cliContext.ts";
import { deletedLine, deletedLineHead, versionLine, versionLineHead } from "../versionLine.ts";
import { plural } from "../wording.ts";

/** A screen or so, so that the first come soon. */
const pageSize = 50;

interface Options {
  number?: number;
  deleted?: true;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly unknown: number;
  readonly uncompared: number;
}

export function addHistory(program: Command, context: CliContext): void {
  program
    .command("history")
    .summary("list the versions of a file or folder, or what was deleted")
    .description(
      "Lists the distinct versions of a file or folder over all snapshots on this disk, newest first, whether it is\n" +
        "ignored, deleted or installed. A star marks the one that the workspace holds; LAST and FIRST are the\n" +
        "newest and the oldest snapshot that hold it. PATH is relative to the workspace's root, as `forkpoint diff`\n" +
        "prints it. With --deleted lists what snapshots hold and the workspace has no more, at or below PATH. The first\n" +
        "word is taken for a project when there are two, or when with --deleted one has that slug or id.",
    )
    .argument("[words...]", "[PROJECT] PATH")
    .usage("[options] [PROJECT] PATH")
    .option("-n, --number <count>", "at most so many", toCount)
    .option("--deleted", "what was deleted, at or below PATH or anywhere")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint history src/server.js\n  $ forkpoint history shop node_modules/left-pad -n 5\n" +
        "  $ forkpoint history --deleted src",
    )
    .action(async (words: string[], { number, deleted }: Options) => {
      const most = number ?? Infinity;
      if (deleted) await showDeleted(words, most, context);
      else await showVersions(words, most, context);
    });
}

async function showVersions(words: string[], most: number, context: CliContext): Promise<void> {
  const [path, named, ...rest] = words.toReversed();
  if (path === undefined || rest.length > 0) context.wrongUsage("history takes a project and one path.");
  const { projectId: project } = await context.project(named);
  const ask = async (limit: number, from: string | undefined): Promise<Page<PathVersion>> => {
    const { versions, ...page } = await context.call("timeline/history", {
      ...{ project, path, limit },
      ...(from === undefined ? {} : { from }),
    });
    return { ...page, items: versions };
  };
  if (context.json) {
    const { items, ...counts } = await all(pages(ask, most));
    context.show({ path, versions: items, ...counts }, () => "");
    return;
  }
  const { idLength } = await context.call("timeline/list", { project, limit: 1 });
  await context.page(async (print) => {
    let counts = { unknown: 0, uncompared: 0 };
    let newest: PathVersion | undefined;
    let shown = 0;
    for await (const page of pages(ask, most)) {
      counts = page;
      if (shown === 0) await print(versionLineHead(idLength));
      shown += page.items.length;
      newest ??= page.items.find(({ now, last }) => !now && last !== null);
      await print(page.items.map((each) => versionLine(each, idLength, context.terminal)).join("\n"));
    }
    for (const line of remarks(counts)) await print(line);
    const id = newest?.last?.snapshotId.slice(0, idLength);
    if (id === undefined) return;
    const words = named === undefined ? [id] : [named, id];
    await print(`\nBring one back:  ${shellWords(["forkpoint", "restore", ...words, "--path", path])}`);
  });
}

async function showDeleted(words: string[], most: number, context: CliContext): Promise<void> {
  const [first, second, ...rest] = words;
  if (rest.length > 0) context.wrongUsage("history --deleted takes a project and one path.");
  const namesProject = second !== undefined || (first !== undefined && (await context.isProject(first)));
  const named = namesProject ? first : undefined;
  const path = namesProject ? second : first;
  const { projectId: project, slug } = await context.project(named);
  const ask = async (limit: number, from: string | undefined): Promise<Page<DeletedPath>> => {
    const { deleted, ...page } = await context.call("timeline/deleted", {
      ...{ project, limit },
      ...(path === undefined ? {} : { path }),
      ...(from === undefined ? {} : { from }),
    });
    return { ...page, items: deleted, uncompared: 0 };
  };
  if (context.json) {
    const { items, unknown } = await all(pages(ask, most));
    context.show({ deleted: onlyNewest(items, new Set()), unknown }, () => "");
    return;
  }
  const { idLength } = await context.call("timeline/list", { project, limit: 1 });
  await context.page(async (print) => {
    const known = new Set<string>();
    let unknown = 0;
    let last: DeletedPath | undefined;
    for await (const page of pages(ask, most)) {
      unknown += page.unknown;
      const items = onlyNewest(page.items, known);
      if (items.length === 0) continue;
      if (!last) await print(deletedLineHead(idLength));
      last ??= items[0];
      await print(items.map((each) => deletedLine(each, idLength, context.terminal)).join("\n"));
    }
    if (!last)
      await print(
        `Nothing that a snapshot of ${slug} holds was deleted${path === undefined ? "" : ` below ${path}`}.`,
      );
    for (const line of remarks({ unknown, uncompared: 0 })) await print(line);
    if (!last) return;
    const where = [...(named === undefined ? [] : [named]), last.entry.snapshotId.slice(0, idLength)];
    await print(`\nBring one back:  ${shellWords(["forkpoint", "restore", ...where, "--path", last.path])}`);
  });
}

async function* pages<T>(
  ask: (limit: number, from: string | undefined) => Promise<Page<T>>,
  most: number,
): AsyncGenerator<Page<T>> {
  let from: string | undefined;
  for (let left = most; left > 0;) {
    const page = await ask(Math.min(left, pageSize), from);
    yield page;
    left -= page.items.length;
    if (page.next === null) return;
    from = page.next;
  }
}

async function all<T>(source: AsyncGenerator<Page<T>>) {
  const items: T[] = [];
  let unknown = 0;
  let uncompared = 0;
  for await (const page of source) {
    items.push(...page.items);
    unknown = Math.max(unknown, page.unknown);
    uncompared = page.uncompared;
  }
  return { items, unknown, uncompared };
}

/** A path that went more than once comes again on a later page. */
function onlyNewest(items: readonly DeletedPath[], known: Set<string>): DeletedPath[] {
  return items.filter(({ path }) => !known.has(path) && known.add(path));
}

function remarks({
  unknown,
  uncompared,
}: {
  readonly unknown: number;
  readonly uncompared: number;
}): string[] {
  const lines: string[] = [];
  if (unknown > 0) lines.push(`${plural(unknown, "snapshot")} could not be looked into: not on this disk.`);
  if (uncompared > 0) {
    lines.push(`${plural(uncompared, "version")} could not be compared with others of the same size.`);
  }
  return lines;
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a number such as 20.");
}
