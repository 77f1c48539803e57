import type { DependencyChanges } from "../protocol/dependencies.ts";
import type { Change, ChangeSummary } from "../protocol/change.ts";
import { quietFolderNames, quietFolderOf } from "../protocol/quietFolders.ts";
import { oneLine } from "./oneLine.ts";
import type { Terminal } from "./terminal.ts";
import { dependencyLines } from "./dependencyText.ts";
import { bytes, changeSigns, modeText, plural, summaryText } from "./wording.ts";

/** Of each lockfile, in lists that are to stay short. */
const fewPackages = 12;

interface Listed {
  readonly changes: readonly Change[];
  readonly summary: ChangeSummary;
  readonly truncated: boolean;
  readonly dependencies?: DependencyChanges | undefined;
}

/** Every change in a line of its own, then the packages that differ and the count. */
export function changeList(
  { changes, summary, truncated, dependencies }: Listed,
  terminal: Terminal,
): string {
  const lines = changes.map((change) => changeText(change, terminal));
  if (truncated) lines.push(`… and more; only the first ${changes.length} are shown`);
  lines.push(...dependencyLines(dependencies, terminal, Infinity));
  return [...lines, terminal.paint("dim", summaryText(summary))].join("\n");
}

/**
 * As `changeList`, but what lies in folders that tools write is counted, a line a folder.
 * @param most lines at most; how many there would be more is said
 */
export function foldedChangeList(
  { changes, summary, truncated, dependencies }: Listed,
  terminal: Terminal,
  most = Infinity,
): string {
  const folders = new Map<string, Change[]>();
  const lines: string[] = [];
  for (const change of changes) {
    const folder = foldedInto(change);
    if (folder === null) {
      lines.push(changeText(change, terminal));
      continue;
    }
    const within = folders.get(folder);
    if (within) within.push(change);
    else folders.set(folder, [change]);
  }
  for (const [folder, within] of folders) lines.push(folderText(folder, within, terminal));
  const shown = lines.length > most ? lines.slice(0, most - 1) : lines;
  if (shown.length < lines.length) shown.push(`… and ${plural(lines.length - shown.length, "line")} more`);
  if (truncated) shown.push(`… and more; only the first ${changes.length} changes were looked at`);
  shown.push(...dependencyLines(dependencies, terminal, fewPackages));
  return [...shown, terminal.paint("dim", summaryText(summary))].join("\n");
}

/** The folder that tools write under whose name a change is counted, which may be itself; null when there is none. */
export function foldedInto({ path, type }: Change): string | null {
  return quietFolderOf(type === "directory" ? `${path}/` : path, quietFolderNames);
}

export function folderText(folder: string, changes: readonly Change[], terminal: Terminal): string {
  const summary = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };
  let written = 0;
  for (const { kind, size } of changes) {
    summary[kind]++;
    if (kind === "added" || kind === "modified") written += size ?? 0;
  }
  const length = written === 0 ? "" : `  ${terminal.paint("dim", bytes(written))}`;
  return `…  ${terminal.paint("cyan", `${oneLine(folder)}/`)}  ${summaryText(summary)}${length}`;
}

function changeText({ kind, path, from, size, modes }: Change, terminal: Terminal): string {
  const colours = {
    added: "green",
    modified: "yellow",
    removed: "red",
    renamed: "cyan",
    metadata: "dim",
  } as const;
  const name = from === undefined ? path : `${from} → ${path}`;
  const length = size === null || kind === "removed" ? "" : `  ${terminal.paint("dim", bytes(size))}`;
  const mode = modes ? `  ${terminal.paint("dim", modeText(modes))}` : "";
  return `${terminal.paint(colours[kind], changeSigns[kind])}  ${oneLine(name)}${length}${mode}`;
}
