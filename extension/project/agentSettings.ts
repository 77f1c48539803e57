import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { type Project, ProjectSettings } from "../../agent/protocol/entities.ts";
import type { Params } from "../../agent/protocol/methods.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { RetentionRules, rulesText } from "../../agent/protocol/retention.ts";
import { reportError } from "../feedback/reportError.ts";
import { goingOf, type Retention } from "../retention/retentionPicks.ts";
import { plural } from "../wording/counts.ts";
import { roomText } from "../wording/rooms.ts";
import type { ProjectSession } from "./projectSession.ts";

/** So many go without a question: they can be brought back. */
const fewSnapshots = 3;

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
    this.#configure(project, wanted).catch((thrown: unknown) => {
      this.#told = undefined;
      reportError(thrown, this.#log);
    });
  }

  /** Asks first when that would take more than a few snapshots; what a person refuses is not asked again until it changes. */
  async #configure({ projectId }: Project, wanted: WantedSettings): Promise<void> {
    const rules = RetentionRules.partial().parse(wanted);
    if (Object.keys(rules).length > 0) {
      const preview = await this.#connection.call("timeline/retention", { project: projectId, rules });
      if (goingOf(preview).length > fewSnapshots && !(await this.#isWanted(preview))) return;
    }
    await this.#connection.call("project/configure", { project: projectId, settings: wanted });
  }

  async #isWanted(preview: Retention): Promise<boolean> {
    const apply = l10n.t("Apply");
    const amount = goingOf(preview).length;
    const message = preview.room
      ? plural(
          amount,
          "With the changed settings, {count} snapshot goes, which frees {room}.",
          "With the changed settings, {count} snapshots go, which frees {room}.",
          { room: roomText(preview.room) },
        )
      : plural(
          amount,
          "With the changed settings, {count} snapshot goes.",
          "With the changed settings, {count} snapshots go.",
        );
    const detail = l10n.t("Kept would be {rules}. Until you agree, the agent keeps to what it had.", {
      rules: rulesText(preview.rules),
    });
    const chosen = await vscode.window.showWarningMessage(`${message} ${detail}`, apply, l10n.t("Not Now"));
    return chosen === apply;
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
