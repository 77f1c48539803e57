import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { remoteSnapshot } from "../remoteSnapshot.ts";

export function addCat(program: Command, context: CliContext): void {
  program
    .command("cat")
    .summary("print a file of a snapshot in the store")
    .description(
      "Prints the bytes of a file as a snapshot in the store has them, without rebuilding anything.\n" +
        "Needs nothing of the project on this machine; PROJECT is then as the store knows it.",
    )
    .argument("<words...>", "[PROJECT] SNAPSHOT PATH")
    .usage("[options] [PROJECT] SNAPSHOT PATH")
    .addHelpText("after", "\nExample:\n  $ forkpoint cat shop 7k2m src/server.js > server.js")
    .action(async (words: string[]) => {
      if (context.json) context.wrongUsage("cat prints the file itself, so it has no --json.");
      if (words.length < 2 || words.length > 3) context.wrongUsage("cat takes a snapshot and a path.");
      const [path = "", snapshot, project] = words.toReversed();
      const { projectId, manifestDigest } = await remoteSnapshot(context, { project, snapshot });
      for (let offset = 0, size = Infinity; offset < size;) {
        const part = await context.call("remote/read", { projectId, manifestDigest, path, offset });
        const bytes = Buffer.from(part.bytes, "base64");
        await context.terminal.printBytes(bytes);
        offset += bytes.length;
        size = part.size;
      }
    });
}
