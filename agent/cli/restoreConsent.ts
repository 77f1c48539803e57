import type { Params, Result } from "../protocol/methods.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { foldedChangeList } from "./changeList.ts";
import type { CliContext } from "./cliContext.ts";
import { confirm } from "./confirm.ts";
import { whenText } from "./entryText.ts";
import { oneLine } from "./oneLine.ts";
import type { Terminal } from "./terminal.ts";

export interface Consent {
  readonly yes?: true;
  readonly dryRun?: true;
}

export type Preview = Result<"timeline/preview">;

const mostChanges = 200_000;
const mostLines = 20;

/**
 * Shows a person at a terminal what a restore or an undo would do, and asks. Whoever cannot be asked, or has said yes
 * beforehand, is not kept waiting by a comparison.
 * @returns whether to go on, and the preview when there was one
 * @throws ForkpointError CANCELLED unless the answer is yes, and what `timeline/preview` throws
 */
export async function restoreConsent(
  params: Pick<Params<"timeline/preview">, "project" | "snapshotId" | "paths" | "parts">,
  { yes, dryRun }: Consent,
  context: CliContext,
): Promise<{ goOn: boolean; preview: Preview | null }> {
  const { terminal } = context;
  const isAsked = !yes && !context.json && terminal.canAsk;
  if (!dryRun && !isAsked) return { goOn: true, preview: null };
  const preview = await previewOf(params, dryRun ?? false, context);
  if (dryRun) {
    if (preview) await context.showPaged(preview, () => previewText(preview, terminal, Infinity));
    return { goOn: false, preview };
  }
  const verb = params.snapshotId === undefined ? "Undo the restore" : "Restore";
  // Whoever has nothing to lose is not asked.
  if (preview?.changes.length === 0) return { goOn: true, preview };
  terminal.printError(
    preview
      ? previewText(preview, terminal, mostLines)
      : "The snapshot is not on this disk any more; it comes from the store first.",
  );
  await confirm(`${verb}?`, context.signal);
  return { goOn: true, preview };
}

/** null where what would be compared has to come from the store first. */
async function previewOf(
  params: Params<"timeline/preview">,
  isWanted: boolean,
  context: CliContext,
): Promise<Preview | null> {
  try {
    return await context.call("timeline/preview", { ...params, limit: mostChanges, packages: true });
  } catch (thrown) {
    if (isWanted || !(thrown instanceof ForkpointError) || thrown.code !== "SNAPSHOT_NOT_LOCAL") throw thrown;
    return null;
  }
}

function previewText(preview: Preview, terminal: Terminal, most: number): string {
  const { target, undone, newest, changes } = preview;
  const named = ({ snapshotId, label }: Preview["target"]) =>
    `${terminal.paint("cyan", snapshotId)}${label === null ? "" : ` “${oneLine(label)}”`}`;
  const lines = [];
  if (undone) {
    lines.push(`The newest restore is ${named(undone)} (${whenText(undone, terminal)}).`);
    if (newest && newest.snapshotId !== undone.snapshotId) {
      lines.push(
        `Since then came ${named(newest)} (${newest.cause}, ${whenText(newest, terminal)}); what it holds stays in the timeline.`,
      );
    }
    lines.push(`Undoing it brings back ${named(target)} (${whenText(target, terminal)}).`);
  } else lines.push(`Restoring brings back ${named(target)} (${whenText(target, terminal)}).`);
  if (changes.length === 0) return [...lines, "The workspace is equal to it already."].join("\n");
  lines.push("In the workspace as it is now, this would be added, changed and removed:");
  return [...lines, foldedChangeList(preview, terminal, most)].join("\n");
}
