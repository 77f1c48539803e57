import { userInfo } from "node:os";
import type { Command } from "commander";
import { setupCommand } from "../../protocol/setupCommand.ts";
import { shellWords } from "../../protocol/shellWords.ts";
import type { Finding } from "../../setup/piece.ts";
import type { Setup } from "../../setup/setup.ts";
import type { CliContext } from "../cliContext.ts";
import { confirm } from "../confirm.ts";
import type { Terminal } from "../terminal.ts";

interface SetupOptions {
  user?: string;
  yes?: boolean;
  remove?: boolean;
  check?: boolean;
  node?: string;
  root?: string;
}

export function addSetup(program: Command, context: CliContext): void {
  const command = program
    .command("setup")
    .summary("let a user work without being root, through a helper")
    .description(
      "Installs the helper that lets a user work without being root. Says first what it will install, and asks. " +
        "Running it again changes nothing.",
    )
    .option("--user <name>", "who may call the helper; the one who called sudo when absent")
    .option("--yes", "agree beforehand")
    .option("--remove", "take all of it back; refused while the user has pools")
    .option(
      "--check",
      "say what is there and what is wrong, and change nothing; exits with 1 when something is",
    )
    .option("--node <file>", "the Node 24 of which the helper gets a copy")
    .addHelpText("after", "\nExample:\n  $ sudo forkpoint setup")
    .action(async (options: SetupOptions) => {
      if (options.check && options.remove) context.wrongUsage("Use --check or --remove, not both.");
      // Other verbs must not wait for what only this one needs.
      const { Setup } = await import("../../setup/setup.ts");
      const setup = await Setup.for({
        user: options.user ?? context.env["SUDO_USER"] ?? userInfo().username,
        root: options.root,
        version: context.launch.version,
      });
      if (options.check) await check(setup, options, context);
      else if (options.remove) await remove(setup, options, context);
      else await install(setup, options, context);
    });
  command.addOption(command.createOption("--root <dir>", "another place than the system's").hideHelp());
}

async function install(setup: Setup, options: SetupOptions, context: CliContext): Promise<void> {
  const { user } = setup;
  const { yes = false, node } = options;
  const command = commandFor(setup, options, context);
  setup.requireRoot(shellWords(command));
  if (!yes) {
    const words = await setup.words(node, shellWords([...command, "--remove"]));
    context.terminal.printError(`${words}\n`);
    await confirm("Go on?", context.signal);
  }
  const changed = await setup.install(node, (name) => {
    if (!context.json) context.terminal.printError(`  ${name} …`);
  });
  context.show({ user: user.name, changed }, () =>
    changed.length === 0
      ? `Everything is in place for ${user.name}; nothing was changed.`
      : `${user.name} can use Forkpoint without being root now. An agent that runs already does so after \`forkpoint agent stop\`.`,
  );
}

async function remove(setup: Setup, options: SetupOptions, context: CliContext): Promise<void> {
  const { user } = setup;
  setup.requireRoot(shellWords([...commandFor(setup, options, context), "--remove"]));
  if (!options.yes)
    await confirm(`Take back what lets ${user.name} use Forkpoint without being root?`, context.signal);
  const removed = await setup.remove();
  context.show({ user: user.name, removed }, () =>
    removed.length === 0
      ? `Nothing was set up for ${user.name}.`
      : `Removed: ${removed.join(", ")}. Debian packages stay; remove those you do not need yourself.`,
  );
}

async function check(setup: Setup, options: SetupOptions, context: CliContext): Promise<void> {
  const checks = await setup.check(shellWords(commandFor(setup, options, context)));
  if (checks.some(({ state }) => state === "wrong")) context.exitCode = 1;
  context.show({ user: setup.user.name, checks }, () =>
    checks.map((finding) => findingText(finding, context.terminal)).join("\n"),
  );
}

/** What a person types to have it set up. */
function commandFor({ user }: Setup, { root }: SetupOptions, { self }: CliContext): string[] {
  return [...setupCommand(self, user.name), ...(root === undefined ? [] : ["--root", root])];
}

function findingText({ name, state, message, remedy }: Finding, terminal: Terminal): string {
  const marks = {
    ok: terminal.paint("green", "ok  "),
    wrong: terminal.paint("red", "FAIL"),
    hidden: terminal.paint("yellow", "?   "),
  };
  const mend = remedy === null ? "" : `\n      ${terminal.paint("cyan", "hint")}: ${remedy}`;
  return `${marks[state]}  ${name}: ${message}${mend}`;
}
