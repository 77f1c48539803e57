import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { ForkpointError } from "../../protocol/errors.ts";
import { bundleName, contents, packBundle, type SupportFile } from "../../protocol/support/bundle.ts";
import { filesWithoutAgent } from "../../protocol/support/withoutAgent.ts";
import type { CliContext } from "../cliContext.ts";
import { isUnreachable } from "../unreachable.ts";

export function addSupport(program: Command, context: CliContext): void {
  program
    .command("support")
    .summary("gather what others need to help, without what is private")
    .description(
      "Writes a support bundle: versions, the doctor's checks, health, counts and the newest lines of the log in one\n" +
        ".tar.gz, without secrets, paths, addresses and names. Nothing is sent anywhere.",
    )
    .argument("[file]", "where to; a name with the time, in the current directory, when absent")
    .addHelpText("after", "\nExample:\n  $ forkpoint support\n  $ tar -tzf forkpoint-support-*.tar.gz")
    .action(async (named: string | undefined) => {
      const files = await gathered(context);
      const now = context.terminal.now();
      const path = context.absolute(named ?? bundleName(now));
      await write(path, packBundle(files, now));
      context.show(
        { file: path, files: files.map(({ name, about }) => ({ name, about })) },
        () => `${contents(files)}\n\nSaved as ${path}`,
      );
    });
}

async function gathered(context: CliContext): Promise<readonly SupportFile[]> {
  try {
    return (await context.call("agent/support", {})).files;
  } catch (thrown) {
    if (!isUnreachable(thrown)) throw thrown;
    const { home, env, launch } = context;
    return filesWithoutAgent({ home, env, version: launch.version, why: thrown });
  }
}

/** @throws ForkpointError BAD_REQUEST when there is something already, or it cannot be written */
async function write(path: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: "wx", mode: 0o600 });
  } catch (thrown) {
    const { code = "unknown" } = thrown as NodeJS.ErrnoException;
    throw new ForkpointError(
      "BAD_REQUEST",
      code === "EEXIST" ? `There is something at ${path} already.` : `${path} cannot be written (${code}).`,
      { hint: "Name another file." },
    );
  }
}
