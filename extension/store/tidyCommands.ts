import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Store } from "../../agent/protocol/store.ts";
import type { GcReport, RetentionSettings } from "../../agent/protocol/storeReports.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { askPlan } from "../feedback/planQuestion.ts";
import { offer } from "../feedback/reportError.ts";
import { intervalText, retentionText } from "../wording/retention.ts";
import { formatBytes } from "../wording/sizes.ts";
import { askRetention } from "./askRetention.ts";
import type { StoreLock } from "./storeLock.ts";
import {
  freedBytes,
  isWaiting,
  keptText,
  nothingGoes,
  planParts,
  tidiedText,
  tidyEffect,
} from "./tidyText.ts";

const intervals: readonly { label: string; everyHours: number | null }[] = [
  { label: l10n.t("Only when I ask for it"), everyHours: null },
  { label: l10n.t("Every day"), everyHours: 24 },
  { label: l10n.t("Every week"), everyHours: 7 * 24 },
  { label: l10n.t("Every month"), everyHours: 30 * 24 },
];

/** Deletes from the store what no snapshot needs any more, after showing it, and says what it keeps and when. */
export class TidyCommands {
  readonly #connection: AgentConnection;
  readonly #lock: StoreLock;

  constructor(connection: AgentConnection, lock: StoreLock) {
    this.#connection = connection;
    this.#lock = lock;
  }

  /** Shows what would go and asks. Null when nothing would. */
  async tidy(): Promise<GcReport | null> {
    const { tidying } = await this.#lock.requireStore();
    const plan = await this.#plan({});
    if (nothingGoes(plan)) {
      offer(
        vscode.window.showInformationMessage,
        l10n.t("There is nothing to tidy. The store keeps {kept}.", { kept: keptText(plan) }),
        ["forkpoint.chooseStoreRetention"],
      );
      return null;
    }
    await this.#ask(
      plan,
      isWaiting(plan) ? l10n.t("OK") : l10n.t("Leave the store as it is"),
      !isWaiting(plan),
    );
    return this.#run({}, tidying);
  }

  /** Asks what is to be kept from now on, shows what goes by it, and tidies. */
  async chooseRetention(): Promise<GcReport> {
    const { tidying } = await this.#lock.requireStore();
    const { retention: current } = await this.#plan({});
    const retention = await askRetention(current);
    const plan = await this.#plan(retention);
    if (plan.snapshots.length + plan.packs.length > 0)
      await this.#ask(plan, l10n.t("Keep what it keeps now"), true);
    return this.#run(
      retention,
      tidying,
      l10n.t("From now on the store keeps {kept}.", { kept: retentionText(retention) }),
    );
  }

  /** Asks how often it is tidied by itself. */
  async schedule(): Promise<Store> {
    const { everyHours: current } = (await this.#lock.requireStore()).tidying;
    const isOther = !intervals.some(({ everyHours }) => everyHours === current);
    const offered =
      isOther && current !== null
        ? [{ label: l10n.t("Every {interval}", { interval: intervalText(current) }), everyHours: current }]
        : [];
    const { everyHours } = await askOne(
      [...intervals, ...offered].map((each) => ({
        ...each,
        description: each.everyHours === current ? l10n.t("as it is now") : "",
      })),
      {
        title: l10n.t("Tidy the safe copy by itself"),
        placeHolder: l10n.t(
          "In two runs a day apart, while nothing is copied. What it keeps stays as it was last chosen.",
        ),
      },
    );
    const store = await this.#connection.call("store/gcSchedule", { everyHours });
    void vscode.window.showInformationMessage(
      everyHours === null
        ? l10n.t("The safe copy is tidied only when you ask for it.")
        : l10n.t("The safe copy is tidied by itself every {interval}.", {
            interval: intervalText(everyHours),
          }),
    );
    return store;
  }

  #plan(retention: Partial<RetentionSettings>): Promise<GcReport> {
    return this.#lock.whenOpen(() =>
      longOperation(l10n.t("Looking for what is not needed"), (call) =>
        this.#connection.call("store/gc", { dryRun: true, retention }, call),
      ),
    );
  }

  /** @throws Dismissed */
  async #ask(plan: GcReport, keep: string, canAct: boolean): Promise<void> {
    const tidying = { label: `$(trash) ${l10n.t("Tidy the store")}`, detail: tidyEffect(plan) };
    await askPlan({
      title: l10n.t("Tidy the safe copy: {size} can become free", { size: formatBytes(freedBytes(plan)) }),
      placeHolder: tidyEffect(plan),
      keep,
      acts: canAct ? [tidying] : [],
      parts: [
        ...planParts(plan, Date.now()),
        { heading: l10n.t("What stays"), lines: [{ label: keptText(plan) }] },
      ],
    });
  }

  async #run(
    retention: Partial<RetentionSettings>,
    { everyHours }: Store["tidying"],
    first?: string,
  ): Promise<GcReport> {
    const report = await longOperation(l10n.t("Tidying the store"), (call) =>
      this.#connection.call("store/gc", { retention }, call),
    );
    const did =
      report.deleted.packs + report.deleted.manifests + report.condemned.packs + report.condemned.manifests;
    const texts = [
      ...(first === undefined ? [] : [first]),
      ...(first === undefined || did > 0 ? [tidiedText(report, everyHours !== null)] : []),
    ];
    const waits = report.dueInMs !== null && everyHours === null;
    offer(vscode.window.showInformationMessage, texts.join(" "), waits ? ["forkpoint.scheduleTidying"] : []);
    return report;
  }
}
