import { Command } from "commander";
import type { CliContext } from "./cliContext.ts";
import { addAgent } from "./verbs/agent.ts";
import { addCat } from "./verbs/cat.ts";
import { addDelete } from "./verbs/delete.ts";
import { addDiff } from "./verbs/diff.ts";
import { addDoctor } from "./verbs/doctor.ts";
import { addFork } from "./verbs/fork.ts";
import { addGc } from "./verbs/gc.ts";
import { addHistory } from "./verbs/history.ts";
import { addLog } from "./verbs/log.ts";
import { addLs } from "./verbs/ls.ts";
import { addMcp } from "./verbs/mcp.ts";
import { addOperations } from "./verbs/operations.ts";
import { addPool } from "./verbs/pool.ts";
import { addProject } from "./verbs/project.ts";
import { addPull } from "./verbs/pull.ts";
import { addPush } from "./verbs/push.ts";
import { addRepair } from "./verbs/repair.ts";
import { addRestore } from "./verbs/restore.ts";
import { addRetention } from "./verbs/retention.ts";
import { addRun } from "./verbs/run.ts";
import { addSetup } from "./verbs/setup.ts";
import { addShow } from "./verbs/show.ts";
import { addSnapshot } from "./verbs/snapshot.ts";
import { addStatus } from "./verbs/status.ts";
import { addStore } from "./verbs/store.ts";
import { addSupport } from "./verbs/support.ts";
import { addUndo } from "./verbs/undo.ts";
import { addVerify } from "./verbs/verify.ts";

/** In the order of the help text. */
const verbs = [
  addSnapshot,
  addLog,
  addShow,
  addHistory,
  addDiff,
  addRestore,
  addUndo,
  addOperations,
  addDelete,
  addRetention,
  addRun,
  addFork,
  addPush,
  addPull,
  addLs,
  addCat,
  addVerify,
  addRepair,
  addGc,
  addStatus,
  addProject,
  addPool,
  addStore,
  addAgent,
  addMcp,
  addDoctor,
  addSupport,
  addSetup,
];

/** The whole grammar of `forkpoint`. Throws CommanderError instead of ending the process. */
export function buildProgram(context: CliContext): Command {
  const program = new Command("forkpoint")
    .description("A timeline, forks and a safe copy for the whole folder you work in.")
    .version(context.launch.version)
    .option("--json", "print results as JSON on stdout and errors as JSON on stderr")
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: 110,
      subcommandTerm: (verb) => `${verb.name()} ${verb.usage().replace("[options]", "").trim()}`,
    })
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nPROJECT is a slug or an id and defaults to the project that holds the current directory.\n" +
        "A snapshot is named by its id or the first four or more characters of it.\n" +
        "FORKPOINT_HOME moves all state. Exit status: 0, 1 for a failure, 2 for wrong usage.",
    );
  for (const add of verbs) add(program, context);
  settle(program, context);
  return program;
}

/** Commander copies these settings to a subcommand only when that is made after them. */
function settle(command: Command, context: CliContext): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => context.terminal.print(text.replace(/\n$/, "")),
    // Failures are printed once, by reportFailure.
    writeErr: () => undefined,
  });
  for (const sub of command.commands) settle(sub, context);
}
