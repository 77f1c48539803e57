import type { Command } from "commander";
import type { Check } from "../../protocol/health.ts";
import { errorBody } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";
import type { Terminal } from "../terminal.ts";
import { isUnreachable } from "../unreachable.ts";

export function addDoctor(program: Command, context: CliContext): void {
  program
    .command("doctor")
    .summary("check this machine and say what mends it")
    .description(
      "Checks programs, pools, store and projects, and says what mends what is wrong. Exits with 1 then.",
    )
    .addHelpText("after", "\nExample:\n  $ forkpoint doctor")
    .action(async () => {
      const checks = await examined(context);
      if (checks.some(({ ok }) => !ok)) context.exitCode = 1;
      context.show({ checks }, () => {
        const found = checks.map((check) => checkText(check, context.terminal)).join("\n");
        return context.exitCode === 0 ? found : `${found}\n\n${more}`;
      });
    });
}

const more =
  "docs/problems.md says more about what can be wrong; `forkpoint support` gathers what others need to help.";

/** An agent that cannot be reached is what is wrong first. */
async function examined(context: CliContext): Promise<Check[]> {
  try {
    return (await context.call("agent/doctor", {})).checks;
  } catch (thrown) {
    if (!isUnreachable(thrown)) throw thrown;
    const { message, hint } = errorBody(thrown);
    return [{ name: "agent", ok: false, message, remedy: hint }];
  }
}

function checkText({ name, ok, message, remedy }: Check, terminal: Terminal): string {
  const mark = ok ? fine(remedy, terminal) : terminal.paint("red", "FAIL");
  const mend = remedy === null ? "" : `\n      ${terminal.paint("cyan", "hint")}: ${remedy}`;
  return `${mark}  ${name}: ${message}${mend}`;
}

/** What works, and what works but could be better. */
function fine(remedy: string | null, terminal: Terminal): string {
  return remedy === null ? terminal.paint("green", "ok  ") : terminal.paint("yellow", "note");
}
