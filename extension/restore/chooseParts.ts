import type { PartPreview } from "../../agent/protocol/comparison.ts";
import type { Change } from "../../agent/protocol/entities.ts";
import type { RestorePart } from "../../agent/protocol/restoreParts.ts";
import { quietFolderOf } from "../../agent/protocol/quietFolders.ts";
import { askOne, askSome } from "../feedback/ask.ts";
import { restoreLine, summaryTotal } from "../wording/changes.ts";
import { count } from "../wording/counts.ts";

export type Scope = { readonly parts: readonly RestorePart[] } | { readonly paths: readonly string[] };

export interface ChosenScope {
  /** Null for the whole workspace. */
  readonly scope: Scope | null;
  /** As in "Restore …?". */
  readonly what: string;
}

/** What can be chosen, and what is said of it. */
const offers = [
  { label: "Everything", parts: ["files", "dependencies", "database"], what: "the workspace" },
  {
    label: "Everything but the database",
    parts: ["files", "dependencies"],
    what: "everything but the database",
  },
  {
    label: "Only dependencies",
    parts: ["dependencies"],
    what: "only dependencies",
    note: "Installed packages and lockfiles; package.json and the like stay as they are",
  },
  {
    label: "Only files",
    parts: ["files"],
    what: "only files",
    note: "Neither installed packages nor the database",
  },
  { label: "Only the database", parts: ["database"], what: "only the database" },
] as const satisfies readonly {
  label: string;
  parts: readonly RestorePart[];
  what: string;
  note?: string;
}[];

/**
 * Asks what of a workspace to restore. Only what would change something, and differs from the other choices, is offered.
 * @param unsaved how many editors have unsaved changes
 * @throws Dismissed
 */
export async function chooseParts(
  title: string,
  split: readonly PartPreview[],
  changes: readonly Change[],
  { unsaved, quietNames }: { readonly unsaved: number; readonly quietNames: readonly string[] },
): Promise<ChosenScope> {
  const amount = (part: RestorePart) => {
    const found = split.find((each) => each.part === part);
    return found ? summaryTotal(found.summary) : 0;
  };
  const total = (parts: readonly RestorePart[]) => parts.reduce((sum, part) => sum + amount(part), 0);
  const all = offers[0];
  const items = offers
    .filter((offer) => offer === all || (total(offer.parts) > 0 && total(offer.parts) < total(all.parts)))
    .map((offer) => ({
      label: offer.label,
      description: count(total(offer.parts), "path"),
      detail: "note" in offer ? offer.note : namesOf(split, offer.parts),
      offer,
    }));
  const choose = {
    label: "Chosen paths…",
    description: "",
    detail: "Pick from a list of what differs",
    offer: null,
  };
  const warning = unsaved > 0 ? `${count(unsaved, "editor has", "editors have")} unsaved changes. ` : "";
  const { offer } = await askOne([...items, choose], { title, placeHolder: `${warning}Restore what?` });
  if (!offer) return choosePaths(title, changes, quietNames);
  return { scope: offer === all ? null : { parts: offer.parts }, what: offer.what };
}

function namesOf(split: readonly PartPreview[], parts: readonly RestorePart[]): string {
  return split
    .filter(({ part }) => parts.includes(part))
    .flatMap(({ examples }) => examples.slice(0, 3))
    .join(", ");
}

/** A folder that tools write is one item, whatever is in it. */
async function choosePaths(
  title: string,
  changes: readonly Change[],
  quietNames: readonly string[],
): Promise<ChosenScope> {
  const folders = new Map<string, number>();
  const own = changes.filter(({ path, type }) => {
    const folder = quietFolderOf(type === "directory" ? `${path}/` : path, quietNames);
    if (folder !== null) folders.set(folder, (folders.get(folder) ?? 0) + 1);
    return folder === null;
  });
  const items = [
    ...own.map((change) => ({
      label: restoreLine(change),
      description: "",
      paths: change.from === undefined ? [change.path] : [change.path, change.from],
    })),
    ...[...folders].map(([folder, paths]) => ({
      label: `~ ${folder}/`,
      description: count(paths, "path"),
      paths: [folder],
    })),
  ];
  const chosen = await askSome(items, { title, placeHolder: "Restore which paths?" });
  const paths = [...new Set(chosen.flatMap((item) => item.paths))];
  return { scope: { paths }, what: paths.length === 1 ? `“${paths[0] ?? ""}”` : `${paths.length} paths` };
}
