import { type Command, InvalidArgumentError, Option } from "commander";
import type { VerifyReport } from "../../protocol/storeReports.ts";
import type { CliContext } from "../cliContext.ts";
import { damageText } from "../damageText.ts";
import { bytes, plural } from "../wording.ts";

export function addVerify(program: Command, context: CliContext): void {
  program
    .command("verify")
    .summary("read the copies back from the store and check them")
    .description(
      "Reads snapshots from the store and checks every index, manifest, folder and file. Those that are whole\n" +
        "are shown as verified. Those that are not are pushed again when they are on this machine.\n" +
        "Ended before it is done, it goes on where it was. Exit status 1 when something is damaged.",
    )
    .argument("[project]", "slug or id; all that is in the store when absent")
    .addOption(new Option("--full", "read everything; this is the default").conflicts("sample"))
    .option(
      "--sample <percent>",
      "read this share of the files' bytes, the next one each time, so that all are read in the end",
      toParts,
    )
    .addHelpText("after", "\nExamples:\n  $ forkpoint verify\n  $ forkpoint verify shop --sample 5%")
    .action(async (project: string | undefined, { sample = 1 }: { sample?: number }) => {
      const report = await context.call("store/verify", {
        parts: sample,
        ...(project === undefined ? {} : { project }),
      });
      if (report.damaged.length > 0 || report.indexProblems.length > 0) context.exitCode = 1;
      context.show(report, () => verifyText(report));
    });
}

/** Into how many parts the bytes fall when one has so many per cent of them. */
function toParts(text: string): number {
  const percent = Number(text.replace(/%$/, ""));
  if (!(percent >= 0.1 && percent <= 100)) {
    throw new InvalidArgumentError("Write a share between 0.1% and 100%.");
  }
  return Math.ceil(100 / percent);
}

function verifyText(report: VerifyReport): string {
  const part = report.parts === 1 ? "" : `, part ${report.part} of ${report.parts}`;
  const lines = [
    `Read ${plural(report.blobs, "part")} with ${bytes(report.bytes)} of ${plural(report.snapshots, "snapshot")}${part}.`,
    `${report.whole} of them ${report.whole === 1 ? "is" : "are"} verified.`,
  ];
  if (report.damaged.length > 0) {
    const here = report.damaged.filter(({ isHere }) => isHere);
    const elsewhere = report.damaged.filter(({ isHere }) => !isHere);
    if (here.length > 0) lines.push("", "Damaged, and pushed again from this machine:", ...damageText(here));
    if (elsewhere.length > 0) lines.push("", "Damaged, and not on this machine:", ...damageText(elsewhere));
  }
  if (report.indexProblems.length > 0) {
    lines.push("", "Indexes:", ...report.indexProblems.map((problem) => `  ${problem}`));
  }
  if (lines.length > 2) lines.push("", "Run `forkpoint repair` to mend what can be mended.");
  return lines.join("\n");
}
