import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { isAlive } from "../../protocol/client/readEndpoint.ts";
import { logFile } from "../../protocol/endpoint.ts";
import type { AgentInfo } from "../../protocol/agentInfo.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";
import { rightsFacts } from "../rightsText.ts";
import { facts } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { ago } from "../wording.ts";

const greeting = { client: "cli", version: "" };

export function addAgent(program: Command, context: CliContext): void {
  const agent = program
    .command("agent")
    .summary("start, stop and look at the background agent")
    .description("Start, stop and look at the background agent.");

  agent
    .command("start")
    .description("Starts the agent, or finds the one that runs.")
    .addHelpText("after", "\nExample:\n  $ forkpoint agent start")
    .action(async () => {
      const info = await context.call("agent/hello", greeting);
      context.show({ running: true, ...info }, () => agentText(info, context.terminal));
    });

  agent
    .command("stop")
    .description("Stops the agent, and waits until it is gone. Does nothing when none runs.")
    .option("--retire", "let what it does finish first, however long that takes")
    .addHelpText("after", "\nExample:\n  $ forkpoint agent stop")
    .action(async ({ retire = false }: { retire?: boolean }) => {
      const running = await context.runningAgent();
      if (running) {
        const { pid } = await running.call("agent/hello", greeting, { signal: context.signal });
        await running.call("agent/stop", { mode: retire ? "retire" : "now" }, { signal: context.signal });
        while (isAlive(pid)) await pause(20, undefined, { signal: context.signal });
      }
      context.show({ running: false, stopped: running !== undefined }, () =>
        running ? "The agent has ended." : "No agent was running.",
      );
    });

  agent
    .command("status")
    .description("Says whether an agent runs. Starts none.")
    .addHelpText("after", "\nExample:\n  $ forkpoint agent status --json")
    .action(async () => {
      const running = await context.runningAgent();
      const info = running && (await running.call("agent/hello", greeting, { signal: context.signal }));
      context.show({ running: info !== undefined, ...info }, () =>
        info ? agentText(info, context.terminal) : "No agent runs.",
      );
    });

  agent
    .command("logs")
    .description("Prints the end of the agent's log, whether or not it runs.")
    .option("--lines <count>", "how many lines", positive, 100)
    .addHelpText("after", "\nExample:\n  $ forkpoint agent logs --lines 20")
    .action(({ lines: count }: { lines: number }) => {
      const file = join(context.home, logFile);
      const lines = lastLines(file, count);
      context.show({ file, lines }, () => lines.join("\n"));
    });
}

function agentText(info: AgentInfo, terminal: Terminal): string {
  return facts([
    ["Agent", `version ${info.version}, process ${info.pid}`],
    ["Started", ago(info.startedAt, terminal.now())],
    ["Home", info.home],
    ["Log", info.logFile],
    ...rightsFacts(info),
  ]);
}

function lastLines(file: string, count: number): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).slice(-count);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ForkpointError("AGENT_UNREACHABLE", `The log ${file} cannot be read.`, { cause });
  }
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("Write a number of lines.");
  return Number(text);
}
