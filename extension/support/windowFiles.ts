import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { jsonFile, type SupportFile } from "../../agent/protocol/support/bundle.ts";
import { type PrivateName, Redaction } from "../../agent/protocol/support/redaction.ts";
import { lastLines, machineNames, textFile } from "../../agent/protocol/support/withoutAgent.ts";
import type { WindowState } from "../project/windowState.ts";

/** What a support bundle says of this window: VS Code, the settings, what the extension logged. */
export function windowFiles(about: {
  readonly logFolder: string;
  readonly state: WindowState;
  readonly env: NodeJS.ProcessEnv;
}): SupportFile[] {
  const redaction = new Redaction([...machineNames(about.env), ...namesOf(about.state)]);
  return [
    jsonFile(
      "window.json",
      "VS Code, and the settings of Forkpoint",
      redaction.value(windowFacts(about.state)),
    ),
    textFile(
      "window.log",
      "the newest lines of the extension's log",
      logsIn(about.logFolder)
        .flatMap(lastLines)
        .map((line) => redaction.text(line)),
    ),
  ];
}

function windowFacts(state: WindowState): unknown {
  return {
    vscode: vscode.version,
    app: vscode.env.appName,
    host: vscode.env.appHost,
    remote: vscode.env.remoteName ?? null,
    ui: vscode.env.uiKind === vscode.UIKind.Web ? "web" : "desktop",
    language: vscode.env.language,
    trusted: vscode.workspace.isTrusted,
    folders: vscode.workspace.workspaceFolders?.length ?? 0,
    state: state.kind,
    settings: vscode.workspace.getConfiguration("forkpoint"),
  };
}

/** The folders of this window, what they hold at first sight is known to the agent; and the project. */
function namesOf(state: WindowState): PrivateName[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return [
    ...folders.map(({ uri }): PrivateName => [uri.fsPath, "(folder)"]),
    ...folders.flatMap(({ name, uri }): PrivateName[] => [
      [name, "(folder)"],
      [basename(uri.fsPath), "(folder)"],
    ]),
    ...(state.kind === "ready"
      ? ([
          [state.project.path, "(folder)"],
          [state.project.slug, "(project)"],
        ] satisfies PrivateName[])
      : []),
  ];
}

/** None where there is no log yet. */
function logsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".log"))
      .map((name) => join(folder, name));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
}
