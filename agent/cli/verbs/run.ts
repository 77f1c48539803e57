import type { Command } from "commander";
import { commandKind } from "../../protocol/commandKind.ts";
import { errorBody } from "../../protocol/errors.ts";
import { actText } from "../actText.ts";
import type { CliContext } from "../cliContext.ts";
import { reportFailure } from "../failure.ts";
import { runProgram } from "../runProgram.ts";

export function addRun(program: Command, context: CliContext): void {
  program
    .command("run")
    .summary("run a command, and keep the workspace as it was before and after")
    .description(
      "Keeps the workspace as it is, runs the command, and keeps what came of it, unless that is nothing. What it\n" +
        "changed is printed on stderr. The exit status is the command's own; 128 and the signal's number when a\n" +
        "signal ended it. The command is not run when the workspace cannot be kept before.",
    )
    .usage("[--json] -- COMMAND [ARGUMENT…]")
    .argument("<command...>", "the command and its arguments, after --")
    .addHelpText("after", "\nExample:\n  $ forkpoint run -- npm install left-pad")
    .action(async (words: string[]) => {
      const { projectId } = await context.project(undefined);
      const client = await context.connect();
      const line = words.map(quoted).join(" ");
      const cause = commandKind(line) ?? "terminal";
      const act = { project: projectId, cause, what: line, alone: true } as const;
      const { actId } = await client.call("act/begin", act);
      const ended = await runProgram(words, context.terminal);
      context.exitCode = ended.status;
      const outcome = ended.signal !== null ? "unknown" : ended.status === 0 ? "done" : "failed";
      try {
        // By now the person may have interrupted the command; its end is kept all the same.
        const { act } = await client.call("act/end", {
          ...{ project: projectId, actId, outcome, exitCode: ended.status, count: true },
        });
        const said = context.json ? JSON.stringify({ act }) : actText(act, context.terminal);
        context.terminal.printError(said);
      } catch (thrown) {
        const { code, message } = errorBody(thrown);
        context.terminal.printError(`forkpoint: what it changed is in no snapshot: ${message} [${code}]`);
      }
      if (ended.failure) reportFailure(ended.failure, context.terminal, context.json);
    });
}

/** As a shell would take it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
