import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { ProjectSettings } from "../../agent/protocol/project.ts";
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
  /** What was last told or asked about, of which project. */
  #told: { readonly projectId: string; readonly settings: WantedSettings } | undefined;

  constructor(connection: AgentConnection, session: ProjectSession, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#session = session;
    this.#log = log;
    this.#disposables = [
      // What was told is not told again, since the command line may have changed it after that.
      session.onDidChange(() =>
        this.#tell(explicitSettings(), (name, value) => this.#lastTold(name) !== value),
      ),
      vscode.workspace.onDidChangeConfiguration((change) => {
        const changed = names.filter((name) => change.affectsConfiguration(`forkpoint.${name}`));
        if (changed.length > 0) this.#tell(effectiveSettings(changed), () => true);
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #tell(settings: WantedSettings, isNews: (name: keyof ProjectSettings, value: unknown) => boolean): void {
    const project = this.#session.project;
    if (!project) return;
    const { projectId } = project;
    if (this.#told?.projectId !== projectId) this.#told = { projectId, settings: {} };
    const news = only(settings, isNews);
    this.#told = { projectId, settings: { ...this.#told.settings, ...news } };
    const wanted = only(news, (name, value) => value !== project.settings[name]);
    if (Object.keys(wanted).length === 0) return;
    this.#configure(projectId, wanted).catch((thrown: unknown) => {
      this.#told = undefined;
      reportError(thrown, this.#log);
    });
  }

  #lastTold(name: keyof ProjectSettings): unknown {
    const told = this.#told;
    return told && told.projectId === this.#session.project?.projectId ? told.settings[name] : undefined;
  }

  /** Asks first when that would take more than a few snapshots; what a person refuses is not asked again until it changes. */
  async #configure(projectId: string, wanted: WantedSettings): Promise<void> {
    const isRule = (name: keyof ProjectSettings) => name in RetentionRules.shape;
    const others = only(wanted, (name) => !isRule(name));
    const rules = only(wanted, isRule);
    const configure = async (settings: WantedSettings) => {
      if (Object.keys(settings).length > 0)
        await this.#connection.call("project/configure", { project: projectId, settings });
    };
    await configure(others);
    if (await this.#isAgreed(projectId, rules)) await configure(rules);
  }

  async #isAgreed(projectId: string, rules: WantedSettings): Promise<boolean> {
    if (Object.keys(rules).length === 0) return true;
    const ask = { project: projectId, rules: RetentionRules.partial().parse(rules) };
    const preview = await this.#connection.call("timeline/retention", ask);
    if (goingOf(preview).length <= fewSnapshots) return true;
    const measured = await this.#connection.call("timeline/retention", { ...ask, measure: true });
    const agreed = await this.#isWanted(measured);
    // The question may have stood there for long.
    return agreed && Object.keys(only(rules, (name, value) => this.#lastTold(name) !== value)).length === 0;
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

function only(
  settings: WantedSettings,
  holds: (name: keyof ProjectSettings, value: unknown) => boolean,
): WantedSettings {
  const kept = names.filter((name) => settings[name] !== undefined && holds(name, settings[name]));
  return Object.fromEntries(kept.map((name) => [name, settings[name]]));
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
