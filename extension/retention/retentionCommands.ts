import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { RetentionRules } from "../../agent/protocol/retention.ts";
import { rulesText } from "../../agent/protocol/retention.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne, askText } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { type EntryPick, goingOf, goingText, retentionPicks, type Retention } from "./retentionPicks.ts";
import { type CountedRule, countedRules, problemOf } from "./rulePicks.ts";

interface RulePick extends vscode.QuickPickItem {
  readonly rule: keyof RetentionRules;
}

/** Shows what retention keeps and takes, and changes the rules once a person has seen what that takes. */
export class RetentionCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;

  constructor(connection: AgentConnection, session: ProjectSession) {
    this.#connection = connection;
    this.#session = session;
  }

  async show(): Promise<void> {
    const retention = await this.#preview({});
    const change: EntryPick = {
      label: `$(settings-gear) ${l10n.t("Change what is kept…")}`,
      detail: l10n.t("Kept are {rules}.", { rules: rulesText(retention.rules) }),
      alwaysShow: true,
    };
    const chosen = await askOne([change, ...retentionPicks(retention)], {
      title: l10n.t("What retention keeps and takes"),
      placeHolder: l10n.t("{what} with the next snapshot", { what: goingText(retention) }),
      matchOnDetail: true,
    });
    if (chosen === change) await this.#change(retention.rules);
    else if (chosen.entry) {
      const { snapshotId } = chosen.entry;
      await vscode.commands.executeCommand("forkpoint.showEntryActions", { snapshotId });
    }
  }

  async #change(rules: RetentionRules): Promise<void> {
    const picks: RulePick[] = (Object.keys(countedRules) as CountedRule[]).map((rule) => ({
      label: countedRules[rule].says(rules[rule]),
      rule,
    }));
    const named = rules.keepNamed ? l10n.t("Those with a name") : l10n.t("Names keep nothing");
    const { rule } = await askOne([...picks, { label: named, rule: "keepNamed" as const }], {
      title: l10n.t("Change what is kept"),
      placeHolder: l10n.t("Choose a rule; you see what it takes before anything goes"),
    });
    const wanted =
      rule === "keepNamed" ? { keepNamed: !rules.keepNamed } : { [rule]: await this.#askNumber(rule, rules) };
    const preview = await this.#preview(wanted);
    await this.#confirm(preview);
    await this.#apply(wanted);
    vscode.window.setStatusBarMessage(`$(check) ${goingText(preview)}.`, 5000);
  }

  async #askNumber(rule: CountedRule, rules: RetentionRules): Promise<number> {
    const text = await askText({
      title: l10n.t("Change what is kept"),
      prompt: countedRules[rule].question,
      value: String(rules[rule]),
      validateInput: (typed) => problemOf(rule, typed),
    });
    return Number(text);
  }

  /** @throws Dismissed unless a person agrees */
  async #confirm(preview: Retention): Promise<void> {
    const keep: EntryPick = { label: `$(close) ${l10n.t("Leave it as it was")}` };
    const act: EntryPick = {
      label: `$(check) ${l10n.t("Keep to the new rules")}`,
      detail: l10n.t("Kept are {rules}.", { rules: rulesText(preview.rules) }),
    };
    const choices = goingOf(preview).length === 0 ? [act, keep] : [keep, act];
    for (;;) {
      const chosen = await askOne([...choices, ...retentionPicks(preview)], {
        title: l10n.t("What the new rules would keep and take"),
        placeHolder: l10n.t("{what}. Nothing has changed yet.", { what: goingText(preview) }),
        ignoreFocusOut: true,
        matchOnDetail: true,
      });
      if (chosen === act) return;
      if (chosen === keep) throw new Dismissed();
    }
  }

  /** Also where the editor's settings say otherwise, or they would undo it. */
  async #apply(wanted: Partial<RetentionRules>): Promise<void> {
    const { project } = await this.#session.require();
    await this.#connection.call("project/configure", { project: project.projectId, settings: wanted });
    const configuration = vscode.workspace.getConfiguration("forkpoint");
    for (const [name, value] of Object.entries(wanted)) {
      const found = configuration.inspect(name);
      const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
      if (found?.workspaceFolderValue !== undefined) await configuration.update(name, value, WorkspaceFolder);
      else if (found?.workspaceValue !== undefined) await configuration.update(name, value, Workspace);
      else if (found?.globalValue !== undefined) await configuration.update(name, value, Global);
    }
  }

  async #preview(rules: Partial<RetentionRules>): Promise<Retention> {
    const { project } = await this.#session.require();
    return longOperation(l10n.t("Looking at what retention keeps"), (call) =>
      this.#connection.call("timeline/retention", { project: project.projectId, rules, measure: true }, call),
    );
  }
}
