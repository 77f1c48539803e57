import type { Command } from "commander";
import type { Result } from "../../protocol/methods.ts";
import type { CliContext } from "../cliContext.ts";
import { rightsFacts } from "../rightsText.ts";
import { facts } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { ago, bytes, plural } from "../wording.ts";

export function addStatus(program: Command, context: CliContext): void {
  program
    .command("status")
    .summary("say how safe the workspace is")
    .description(
      "Says how safe a project is and how the machine stands. Outside of a project only the machine.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .addHelpText("after", "\nExample:\n  $ forkpoint status --json")
    .action(async (named: string | undefined) => {
      const found =
        named ?? (await context.call("project/resolve", { path: context.cwd })).project?.projectId;
      const status = await context.call("project/status", found === undefined ? {} : { project: found });
      context.show(status, () => statusText(status, context.terminal));
    });
}

function statusText({ health, project, pools, store, agent }: Result<"project/status">, terminal: Terminal) {
  const good = health.state === "protected" || health.state === "saving";
  const { lastPushAt } = health;
  return facts([
    ["Project", project && `${terminal.paint("bold", project.slug)}  ${project.path}`],
    ["Health", `${terminal.paint(good ? "green" : "yellow", health.state)}  ${health.message}`],
    ["On the way", health.pending === 0 ? null : plural(health.pending, "snapshot")],
    ["Last copy", lastPushAt && ago(lastPushAt, terminal.now())],
    ["Store", store ? `${store.url} (${store.state}${store.paused ? ", pushing is paused" : ""})` : "none"],
    ...pools.map(({ path, state, freeBytes }): [string, string] => [
      "Pool",
      `${path} (${state}${freeBytes === null ? "" : `, ${bytes(freeBytes)} free`})`,
    ]),
    ["Agent", `version ${agent.version}, process ${agent.pid}`],
    ...rightsFacts(agent),
  ]);
}
