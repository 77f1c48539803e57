import type { Command } from "commander";
import type { Check } from "../../protocol/entities.ts";
import type { CliContext } from "../cliContext.ts";
import type { Terminal } from "../terminal.ts";

export function addDoctor(program: Command, context: CliContext): void {
  program
    .command("doctor")
    .summary("check this machine and say what mends it")
    .description(
      "Checks programs, pools, store and projects, and says what mends what is wrong. Exits with 1 then.",
    )
    .addHelpText("after", "\nExample:\n  $ forkpoint doctor")
    .action(async () => {
      const { checks } = await context.call("agent/doctor", {});
      if (checks.some(({ ok }) => !ok)) context.exitCode = 1;
      context.show({ checks }, () => checks.map((check) => checkText(check, context.terminal)).join("\n"));
    });
}

function checkText({ name, ok, message, remedy }: Check, terminal: Terminal): string {
  const mark = ok ? terminal.paint("green", "ok  ") : terminal.paint("red", "FAIL");
  const mend = remedy === null ? "" : `\n      ${terminal.paint("cyan", "hint")}: ${remedy}`;
  return `${mark}  ${name}: ${message}${mend}`;
}
