import * as vscode from "vscode";
import type { ActCause } from "../../agent/protocol/acts.ts";

const names = {
  git: "causes.git",
  install: "causes.install",
  test: "causes.test",
  task: "causes.task",
  debug: "causes.debug",
  terminal: "causes.terminal",
  deletion: "causes.deletion",
  assistant: "causes.assistant",
} as const satisfies Record<ActCause, string>;

/** Whether a person left snapshots of this cause on. */
export function isOn(cause: ActCause): boolean {
  return vscode.workspace.getConfiguration("forkpoint").get<boolean>(names[cause]) ?? true;
}

/** From how many milliseconds on a command takes long. */
export function longCommandMs(): number {
  const seconds = vscode.workspace.getConfiguration("forkpoint").get<number>("causes.longCommandSeconds");
  return (typeof seconds === "number" ? seconds : 10) * 1000;
}
