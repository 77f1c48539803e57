import type { Command } from "commander";
import type { RemoteFile } from "../../protocol/storeReports.ts";
import type { CliContext } from "../cliContext.ts";
import { oneLine } from "../oneLine.ts";
import { remoteSnapshot } from "../remoteSnapshot.ts";
import type { Terminal } from "../terminal.ts";
import { bytes } from "../wording.ts";

const pageSize = 1000;

export function addLs(program: Command, context: CliContext): void {
  program
    .command("ls")
    .summary("list a folder of a snapshot in the store")
    .description(
      "Lists a folder of a snapshot as it is in the store, or of the newest snapshot, without rebuilding\n" +
        "anything. Needs nothing of the project on this machine; PROJECT is then as the store knows it.\n" +
        "The first word is taken for a project when one here has that slug or id, or none is here.",
    )
    .argument("[words...]", "[PROJECT] [SNAPSHOT] [PATH]")
    .usage("[options] [PROJECT] [SNAPSHOT] [PATH]")
    .option("--remote", "from the store, which is where it looks in any case")
    .addHelpText("after", "\nExample:\n  $ forkpoint ls shop 7k2m src --remote")
    .action(async (words: string[]) => {
      const { project, snapshot, path = "" } = await lsPosition(words, context);
      const found = await remoteSnapshot(context, { project, snapshot });
      const { projectId, manifestDigest } = found;
      const files: RemoteFile[] = [];
      for (let more = true; more;) {
        const after = files.at(-1)?.name;
        const page = await context.call("remote/list", {
          ...{ projectId, manifestDigest, path, limit: pageSize },
          ...(after === undefined ? {} : { after }),
        });
        files.push(...page.files);
        more = page.more;
      }
      context.show({ ...found, files }, () => files.map((file) => lineOf(file, context.terminal)).join("\n"));
    });
}

async function lsPosition(words: string[], context: CliContext) {
  const [first, second, third, ...rest] = words;
  if (rest.length > 0) context.wrongUsage("ls takes at most a project, a snapshot and a path.");
  const { project: here } = await context.call("project/resolve", { path: context.cwd });
  const namesProject =
    third !== undefined || !here || (first !== undefined && (await context.isProject(first)));
  if (namesProject) return { project: first, snapshot: second, path: third };
  return { project: undefined, snapshot: first, path: second };
}

const letters: Record<RemoteFile["type"], string> = {
  file: "-",
  directory: "d",
  symlink: "l",
  fifo: "p",
  socket: "s",
  charDevice: "c",
  blockDevice: "b",
};

function lineOf({ name, type, size, mode, target, modifiedAt }: RemoteFile, terminal: Terminal): string {
  const rights = [mode >> 6, mode >> 3, mode]
    .map((three) => `${three & 4 ? "r" : "-"}${three & 2 ? "w" : "-"}${three & 1 ? "x" : "-"}`)
    .join("");
  const length = (size === null ? "" : bytes(size)).padStart(9);
  const when = terminal.paint("dim", modifiedAt.slice(0, 16).replace("T", " "));
  const shown = oneLine(type === "directory" ? `${name}/` : target === null ? name : `${name} → ${target}`);
  return `${letters[type]}${rights}  ${length}  ${when}  ${type === "directory" ? terminal.paint("cyan", shown) : shown}`;
}
