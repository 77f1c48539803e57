import * as l10n from "@vscode/l10n";
import type { PartPreview } from "../../agent/protocol/comparison.ts";
import type { Change } from "../../agent/protocol/change.ts";
import type { RestorePart } from "../../agent/protocol/restoreParts.ts";
import { quietFolderOf } from "../../agent/protocol/quietFolders.ts";
import { askOne, askSome } from "../feedback/ask.ts";
import { pathsText, restoreLine, summaryTotal } from "../wording/changes.ts";
import { plural } from "../wording/counts.ts";
import { partsText } from "../wording/parts.ts";

export type Scope = { readonly parts: readonly RestorePart[] } | { readonly paths: readonly string[] };

export interface ChosenScope {
  /** Null for the whole workspace. */
  readonly scope: Scope | null;
  /** As in "Restore …?". */
  readonly what: string;
}

/** What can be chosen, and what is said of it. */
const offers = [
  {
    label: l10n.t("Everything"),
    parts: ["files", "dependencies", "database"],
  },
  {
    label: l10n.t("Everything but the database"),
    parts: ["files", "dependencies"],
  },
  {
    label: l10n.t("Only dependencies"),
    parts: ["dependencies"],
    note: l10n.t("Installed packages and lockfiles; package.json and the like stay as they are"),
  },
  {
    label: l10n.t("Only files"),
    parts: ["files"],
    note: l10n.t("Neither installed packages nor the database"),
  },
  { label: l10n.t("Only the database"), parts: ["database"] },
] as const satisfies readonly {
  label: string;
  parts: readonly RestorePart[];
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
      description: plural(total(offer.parts), "{count} path", "{count} paths"),
      detail: "note" in offer ? offer.note : namesOf(split, offer.parts),
      offer,
    }));
  const choose = {
    label: l10n.t("Chosen paths…"),
    description: "",
    detail: l10n.t("Pick from a list of what differs"),
    offer: null,
  };
  const warning = unsaved > 0 ? [unsavedText(unsaved)] : [];
  const { offer } = await askOne([...items, choose], {
    title,
    placeHolder: [...warning, l10n.t("Restore what?")].join(" "),
  });
  if (!offer) return choosePaths(title, changes, quietNames);
  return { scope: offer === all ? null : { parts: offer.parts }, what: partsText(offer.parts) };
}

function unsavedText(amount: number): string {
  return plural(amount, "{count} editor has unsaved changes.", "{count} editors have unsaved changes.");
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
      description: plural(paths, "{count} path", "{count} paths"),
      paths: [folder],
    })),
  ];
  const chosen = await askSome(items, { title, placeHolder: l10n.t("Restore which paths?") });
  const paths = [...new Set(chosen.flatMap((item) => item.paths))];
  return { scope: { paths }, what: pathsText(paths) };
}
