import * as vscode from "vscode";
import { type Project, ProjectSettings } from "../../agent/protocol/entities.ts";
import type { Params } from "../../agent/protocol/methods.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { reportError } from "../feedback/reportError.ts";
import type { ProjectSession } from "./projectSession.ts";

type WantedSettings = Params<"project/configure">["settings"];

const names = [
  "maxSnapshots",
  "keepHours",
  "keepDays",
  "keepWeeks",
  "keepMonths",
  "keepAssistantDays",
  "keepNamed",
  "autoSnapshotMinutes",
  "undeleteHours",
] as const satisfies (keyof ProjectSettings)[];

/**
 * Hands the editor's settings that the agent acts on to the agent. What nobody set in the editor stays as
 * the agent has it, since the command line may have set it there.
 */
export class AgentSettings implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: readonly { dispose(): unknown }[];
  #told: string | undefined;

  constructor(connection: AgentConnection, session: ProjectSession, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#session = session;
    this.#log = log;
    this.#disposables = [
      session.onDidChange(() => this.#tell(explicitSettings())),
      vscode.workspace.onDidChangeConfiguration((change) => {
        const changed = names.filter((name) => change.affectsConfiguration(`forkpoint.${name}`));
        if (changed.length > 0) this.#tell(effectiveSettings(changed));
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #tell(wanted: WantedSettings): void {
    const project = this.#session.project;
    if (!project || !differs(project, wanted)) return;
    const key = JSON.stringify([project.projectId, wanted]);
    if (key === this.#told) return;
    this.#told = key;
    this.#connection
      .call("project/configure", { project: project.projectId, settings: wanted })
      .catch((thrown: unknown) => {
        this.#told = undefined;
        reportError(thrown, this.#log);
      });
  }
}

function differs(project: Project, wanted: WantedSettings): boolean {
  return names.some((name) => wanted[name] !== undefined && wanted[name] !== project.settings[name]);
}

function explicitSettings(): WantedSettings {
  const configuration = vscode.workspace.getConfiguration("forkpoint");
  const set = names.filter((name) => {
    const found = configuration.inspect(name);
    return (found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue) !== undefined;
  });
  return effectiveSettings(set);
}

function effectiveSettings(wanted: readonly (keyof ProjectSettings)[]): WantedSettings {
  const configuration = vscode.workspace.getConfiguration("forkpoint");
  const found = Object.fromEntries(wanted.map((name) => [name, configuration.get(name)]));
  // What somebody wrote into the settings file that is no such setting, the editor marks there.
  return ProjectSettings.partial().safeParse(found).data ?? {};
}
