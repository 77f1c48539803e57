import * as vscode from "vscode";
import type { Store } from "../../agent/protocol/entities.ts";
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
  { label: "Only when I ask for it", everyHours: null },
  { label: "Every day", everyHours: 24 },
  { label: "Every week", everyHours: 7 * 24 },
  { label: "Every month", everyHours: 30 * 24 },
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
        `There is nothing to tidy. The store keeps ${keptText(plan)}.`,
        ["forkpoint.chooseStoreRetention"],
      );
      return null;
    }
    await this.#ask(plan, isWaiting(plan) ? "OK" : "Leave the store as it is", !isWaiting(plan));
    return this.#run({}, tidying);
  }

  /** Asks what is to be kept from now on, shows what goes by it, and tidies. */
  async chooseRetention(): Promise<GcReport> {
    const { tidying } = await this.#lock.requireStore();
    const { retention: current } = await this.#plan({});
    const retention = await askRetention(current);
    const plan = await this.#plan(retention);
    if (plan.snapshots.length + plan.packs.length > 0) await this.#ask(plan, "Keep what it keeps now", true);
    return this.#run(retention, tidying, `From now on the store keeps ${retentionText(retention)}.`);
  }

  /** Asks how often it is tidied by itself. */
  async schedule(): Promise<Store> {
    const { everyHours: current } = (await this.#lock.requireStore()).tidying;
    const isOther = !intervals.some(({ everyHours }) => everyHours === current);
    const offered =
      isOther && current !== null ? [{ label: `Every ${intervalText(current)}`, everyHours: current }] : [];
    const { everyHours } = await askOne(
      [...intervals, ...offered].map((each) => ({
        ...each,
        description: each.everyHours === current ? "as it is now" : "",
      })),
      {
        title: "Tidy the safe copy by itself",
        placeHolder:
          "In two runs a day apart, while nothing is copied. What it keeps stays as it was last chosen.",
      },
    );
    const store = await this.#connection.call("store/gcSchedule", { everyHours });
    void vscode.window.showInformationMessage(
      everyHours === null
        ? "The safe copy is tidied only when you ask for it."
        : `The safe copy is tidied by itself every ${intervalText(everyHours)}.`,
    );
    return store;
  }

  #plan(retention: Partial<RetentionSettings>): Promise<GcReport> {
    return this.#lock.whenOpen(() =>
      longOperation("Looking for what is not needed", (call) =>
        this.#connection.call("store/gc", { dryRun: true, retention }, call),
      ),
    );
  }

  /** @throws Dismissed */
  async #ask(plan: GcReport, keep: string, canAct: boolean): Promise<void> {
    const tidying = { label: "$(trash) Tidy the store", detail: tidyEffect(plan) };
    await askPlan({
      title: `Tidy the safe copy: ${formatBytes(freedBytes(plan))} can become free`,
      placeHolder: tidyEffect(plan),
      keep,
      acts: canAct ? [tidying] : [],
      parts: [...planParts(plan, Date.now()), { heading: "What stays", lines: [{ label: keptText(plan) }] }],
    });
  }

  async #run(
    retention: Partial<RetentionSettings>,
    { everyHours }: Store["tidying"],
    first?: string,
  ): Promise<GcReport> {
    const report = await longOperation("Tidying the store", (call) =>
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
