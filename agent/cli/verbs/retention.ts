import { type Command, InvalidArgumentError } from "commander";
import type { RetentionRules } from "../../protocol/retention.ts";
import type { CliContext } from "../cliContext.ts";
import { confirm } from "../confirm.ts";
import { retentionText } from "../retentionText.ts";
import { plural } from "../wording.ts";

interface Options {
  latest?: number;
  hours?: number;
  days?: number;
  weeks?: number;
  months?: number;
  assistantDays?: number;
  named?: boolean;
  dryRun?: true;
  yes?: true;
}

const mostPeriods = 1000;
const mostSnapshots = 10_000;

export function addRetention(program: Command, context: CliContext): void {
  const periods = (text: string) => toNumber(text, 0, mostPeriods);
  program
    .command("retention")
    .summary("say which snapshots stay and which go, or change that")
    .description(
      "Lists which snapshots retention keeps and why, and which it takes with the next one. With new rules it\n" +
        "shows what they would take, asks, and makes them the project's. A period counts only when snapshots were\n" +
        "taken in it. What goes can be brought back for as long as the project's settings say, a day unless changed.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .option("--latest <count>", "keep so many of the newest that somebody asked for", (text) =>
      toNumber(text, 1, mostSnapshots),
    )
    .option("--hours <count>", "keep the last one of each of so many hours", periods)
    .option("--days <count>", "the last one of each of so many days", periods)
    .option("--weeks <count>", "the last one of each of so many weeks", periods)
    .option("--months <count>", "the last one of each of so many months", periods)
    .option(
      "--assistant-days <count>",
      "for so many days, what was there around an assistant's work",
      periods,
    )
    .option("--named", "keep those that a person gave a name")
    .option("--no-named", "treat those with a name like all others")
    .option("--dry-run", "only show what would go and what would stay")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint retention\n  $ forkpoint retention shop --latest 20 --days 30 --dry-run",
    )
    .action(async (named: string | undefined, options: Options) => {
      const { projectId, slug } = await context.project(named);
      const rules = rulesOf(options);
      const preview = await context.call("timeline/retention", { project: projectId, rules, measure: true });
      const { terminal } = context;
      if (options.dryRun || Object.keys(rules).length === 0) {
        await context.showPaged(preview, () => retentionText(preview, terminal));
        return;
      }
      const going = preview.judged.filter(({ reasons }) => reasons.length === 0).length;
      if (going > 0 && !options.yes && !context.json && terminal.canAsk) {
        terminal.printError(retentionText(preview, terminal));
        await confirm(`Keep to these rules and delete ${plural(going, "snapshot")}?`, context.signal);
      }
      const project = await context.call("project/configure", { project: projectId, settings: rules });
      context.show({ settings: project.settings, going }, () =>
        going === 0
          ? `Changed what is kept of ${slug}.`
          : `Changed what is kept of ${slug}; ${plural(going, "snapshot")} ${going === 1 ? "goes" : "go"}.`,
      );
    });
}

function rulesOf(options: Options): Partial<RetentionRules> {
  const { latest, hours, days, weeks, months, assistantDays, named } = options;
  return {
    ...(latest === undefined ? {} : { maxSnapshots: latest }),
    ...(hours === undefined ? {} : { keepHours: hours }),
    ...(days === undefined ? {} : { keepDays: days }),
    ...(weeks === undefined ? {} : { keepWeeks: weeks }),
    ...(months === undefined ? {} : { keepMonths: months }),
    ...(assistantDays === undefined ? {} : { keepAssistantDays: assistantDays }),
    ...(named === undefined ? {} : { keepNamed: named }),
  };
}

function toNumber(text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
}
