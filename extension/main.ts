import "./language.ts";
import * as vscode from "vscode";
import { type ForkpointApi, windowApi } from "./api.ts";
import { registerCommands } from "./commands/registerCommands.ts";
import { platformSupported } from "./connection/platform.ts";
import { Window } from "./window.ts";

/**
 * Registers everything at once, and reaches for the agent only afterwards: the code that connects is
 * read then, and the window never waits for it.
 */
export function activate(context: vscode.ExtensionContext): ForkpointApi {
  const began = performance.now();
  const log = vscode.window.createOutputChannel("Forkpoint", { log: true });
  const { version } = context.extension.packageJSON as { version: string };
  const window = new Window(context, log, async (signal) => {
    const { openAgent } = await import("./connection/openAgent.ts");
    const replacing = (old: string) => log.info(`Version ${old} of the agent finishes its work first.`);
    return openAgent(context.extensionPath, version, replacing, signal);
  });
  context.subscriptions.push(log, window, ...registerCommands(window));
  setTimeout(() => void begin(window), 0);
  const tookMs = performance.now() - began;
  log.info(`Forkpoint ${version} was activated in ${tookMs.toFixed(1)} ms.`);
  return windowApi(window, tookMs);
}

async function begin(window: Window): Promise<void> {
  await window.session.reload();
  const wanted = platformSupported(process.platform) && window.session.state.kind !== "no-folder";
  // A failure shows in the status bar and the views, and is in the log.
  if (wanted) await window.connection.connect().catch(() => undefined);
}
