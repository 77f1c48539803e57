import type { Command } from "commander";
import { errorBody } from "../../protocol/errors.ts";
import type { RepairReport } from "../../protocol/storeReports.ts";
import type { CliContext } from "../cliContext.ts";
import { damageText } from "../damageText.ts";
import { askPassphrase, givenSecret, type SecretOptions, takeSecret } from "../secrets.ts";
import { plural } from "../wording.ts";

interface Options extends SecretOptions {
  readonly dryRun?: boolean;
  readonly giveUp?: boolean;
}

export function addRepair(program: Command, context: CliContext): void {
  takeSecret(program.command("repair"))
    .summary("mend what is damaged in the store")
    .description(
      "Mends the store with what this machine has: rebuilds lost indexes from the packs, writes lost refs of its\n" +
        "projects again, and stores again what is missing or damaged of the snapshots on this disk, which mends every other snapshot that shares it.\n" +
        "Deletes nothing. Goes by what the last `forkpoint verify` found. Exit status 1 when something is left.\n" +
        "A damaged record that only another machine can mend waits for that machine. If it never comes back, --give-up makes the\n" +
        "record anew from the newest snapshot in the store; this machine then writes that project.\n" +
        "An encrypted store that is locked takes its passphrase or key file, also when its configuration is lost.",
    )
    .option("--dry-run", "only say what it would do")
    .option("--give-up", "also make records anew that only another machine could mend")
    .addHelpText("after", "\nExample:\n  $ forkpoint repair --dry-run")
    .action(async (options: Options) => {
      const report = await repair(context, options);
      if (report.left.length + unmended(report).length > 0) context.exitCode = 1;
      context.show(report, () => repairText(report));
    });
}

/** Mends, asking for the passphrase where the store is locked. */
async function repair(context: CliContext, options: Options): Promise<RepairReport> {
  const { dryRun = false, giveUp = false } = options;
  const secret = await givenSecret(context, options);
  try {
    return await context.call("store/repair", { dryRun, giveUp, ...(secret ? { secret } : {}) });
  } catch (thrown) {
    const isLocked = errorBody(thrown).code === "REPOSITORY_LOCKED";
    if (!isLocked || secret || !context.terminal.canAsk) throw thrown;
  }
  return context.call("store/repair", { dryRun, giveUp, secret: await askPassphrase(context) });
}

function unmended({ records }: RepairReport): RepairReport["records"] {
  return records.filter(({ isMended }) => !isMended);
}

function repairText(report: RepairReport): string {
  const { dryRun, damaged, indexProblems, records, packsIndexed, chunksRecovered, badBlobs } = report;
  const { pushedAgain, left } = report;
  if (damaged.length + indexProblems.length + records.length + packsIndexed + pushedAgain.length === 0) {
    return "Nothing is known to be damaged.";
  }
  const would = dryRun ? "Would be " : "";
  const said = (text: string) => (dryRun ? would + text : text.charAt(0).toUpperCase() + text.slice(1));
  const lines: string[] = [];
  if (damaged.length > 0) {
    lines.push(
      `${plural(badBlobs, "part")} missing or damaged, which ${plural(damaged.length, "snapshot")} need:`,
      ...damageText(damaged),
    );
  }
  lines.push(...indexProblems);
  const mended = records.filter(({ isMended }) => isMended);
  if (mended.length > 0) {
    lines.push(
      `${said("written again")}:`,
      ...mended.flatMap(({ problem, loss }) => [`  ${problem}`, ...(loss ? [`      ${loss}`] : [])]),
    );
  }
  const others = unmended(report);
  if (others.length > 0) {
    lines.push(
      "Only another machine can mend, with `forkpoint repair` there. `forkpoint gc` waits for it; if that machine never comes back,",
      "run `forkpoint repair --give-up` here:",
      ...others.flatMap(({ problem, loss }) => [
        `  ${problem}`,
        ...(loss ? [`      given up: ${loss}`] : []),
      ]),
    );
  }
  if (packsIndexed > 0) lines.push(`${said("indexed again")}: ${plural(packsIndexed, "pack")}.`);
  if (chunksRecovered > 0) {
    lines.push(`Put together from snapshots on this disk: ${plural(chunksRecovered, "lost piece")}.`);
  }
  if (pushedAgain.length > 0) {
    lines.push(
      `${said("pushed again")}:`,
      ...pushedAgain.map(({ slug, snapshotId }) => `  ${slug} ${snapshotId}`),
    );
  }
  if (left.length > 0) {
    lines.push(
      dryRun
        ? "Not on this machine; mended only as far as they share what is pushed again:"
        : "Still damaged. Run `forkpoint repair` on a machine that has these snapshots:",
      ...damageText(left),
    );
  } else if (!dryRun && others.length === 0) lines.push("All of it is mended.");
  return lines.join("\n");
}
