import { type Command, InvalidArgumentError } from "commander";
import type { CliContext } from "../cliContext.ts";
import { tidyingText } from "../projectText.ts";

const hoursOf: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24 };

/** `forkpoint store gc` */
export function addStoreGc(store: Command, context: CliContext): void {
  store
    .command("gc")
    .description(
      "Has the agent run `forkpoint gc` by itself: so long after the last one, in two runs a day apart, while nothing\n" +
        "is pushed and pushing is not paused. It keeps what `forkpoint gc` was last told to keep. Off unless you say so.\n" +
        "Without options it says how it is.",
    )
    .option("--every <time>", "such as 12h, 7d or 2w; off for never", toHours)
    .addHelpText("after", "\nExample:\n  $ forkpoint store gc --every 7d")
    .action(async ({ every }: { every?: number | "off" }) => {
      const params = every === undefined ? {} : { everyHours: every === "off" ? null : every };
      const { tidying } = await context.call("store/gcSchedule", params);
      context.show(tidying, () => `Tidied by itself: ${tidyingText(tidying, context.terminal)}.`);
    });
}

function toHours(text: string): number | "off" {
  if (text === "off") return text;
  const [, count = "", unit = ""] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  const hours = Number(count) * (hoursOf[unit] ?? 0);
  if (hours < 1 || hours > 24 * 365)
    throw new InvalidArgumentError("Write a time such as 12h, 7d or 2w, or off.");
  return hours;
}
