import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { RepairReport, VerifyReport } from "../../agent/protocol/storeReports.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import { askPlan } from "../feedback/planQuestion.ts";
import { offer, reportError } from "../feedback/reportError.ts";
import {
  canMend,
  isSound,
  lossText,
  repairedText,
  repairParts,
  verifiedText,
  waitingRecords,
} from "./repairText.ts";
import type { StoreLock } from "./storeLock.ts";

const shares = [
  {
    label: `$(verified) ${l10n.t("Everything")}`,
    detail: l10n.t(
      "Every byte of every snapshot is fetched. Ended before it is done, it goes on where it was.",
    ),
    parts: 1,
  },
  {
    label: `$(dashboard) ${l10n.t("A share: the next 5 %")}`,
    detail: l10n.t(
      "Everything but the files' bytes, and of those the next share each time, so that all are read in the end.",
    ),
    parts: 20,
  },
] as const;

/** Reads the copy in the store back, and mends what is damaged in it. */
export class RepairCommands {
  readonly #connection: AgentConnection;
  readonly #lock: StoreLock;
  readonly #log: vscode.LogOutputChannel;

  constructor(connection: AgentConnection, lock: StoreLock, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#lock = lock;
    this.#log = log;
  }

  /** Reads it back and says what is damaged. */
  async verify(): Promise<VerifyReport> {
    await this.#lock.requireStore();
    const { parts } = await askOne(shares, {
      title: l10n.t("Verify the safe copy"),
      placeHolder: l10n.t("How much is to be read back from the store?"),
    });
    const report = await this.#lock.whenOpen(() =>
      longOperation(l10n.t("Reading the copy back"), (call) =>
        this.#connection.call("store/verify", { parts }, call),
      ),
    );
    const isRight = report.damaged.length + report.indexProblems.length === 0;
    if (isRight) void vscode.window.showInformationMessage(verifiedText(report));
    else offer(vscode.window.showWarningMessage, verifiedText(report), ["forkpoint.repairStore"]);
    return report;
  }

  /** Shows what is damaged and what would be done, asks, and does it. Null when nothing is known to be damaged. */
  async repair(): Promise<RepairReport | null> {
    await this.#lock.requireStore();
    const plan = await this.#lock.givenSecret((secret) =>
      longOperation(l10n.t("Looking for damage"), (call) =>
        this.#connection.call("store/repair", { dryRun: true, ...(secret && { secret }) }, call),
      ),
    );
    if (isSound(plan)) {
      offer(
        vscode.window.showInformationMessage,
        l10n.t("Nothing is known to be damaged. Verifying reads the copy back."),
        ["forkpoint.verifyStore"],
      );
      return null;
    }
    const report = canMend(plan) ? await this.#mend(plan) : plan;
    this.#tell(report);
    return report;
  }

  async #mend(plan: RepairReport): Promise<RepairReport> {
    await askPlan({
      title: l10n.t("Repair the safe copy"),
      placeHolder: l10n.t("What is wrong, and what would be done about it"),
      keep: l10n.t("Leave the store as it is"),
      acts: [
        {
          label: `$(tools) ${l10n.t("Repair the store")}`,
          detail: l10n.t("Mends it with what this machine has. Nothing is deleted."),
        },
      ],
      parts: repairParts(plan),
    });
    return this.#run(false);
  }

  #run(giveUp: boolean): Promise<RepairReport> {
    return this.#lock.givenSecret((secret) =>
      longOperation(l10n.t("Repairing the store"), (call) =>
        this.#connection.call("store/repair", { giveUp, ...(secret && { secret }) }, call),
      ),
    );
  }

  #tell(report: RepairReport): void {
    const text = repairedText(report);
    const waits = waitingRecords(report).length > 0;
    if (!waits && report.left.length === 0) {
      void vscode.window.showInformationMessage(text);
      return;
    }
    const giveUp = l10n.t("Give Up That Machine…");
    // Not awaited: the repair is done, whether or not somebody answers.
    void vscode.window.showWarningMessage(text, ...(waits ? [giveUp] : [])).then((chosen) => {
      if (chosen !== giveUp) return;
      this.#giveUp(report).catch((thrown: unknown) => reportError(thrown, this.#log));
    });
  }

  /** The last resort: makes anew what only another machine knows. */
  async #giveUp(report: RepairReport): Promise<void> {
    const act = l10n.t("Give Up That Machine");
    const chosen = await vscode.window.showWarningMessage(
      l10n.t("Give up what only another machine can mend?"),
      { modal: true, detail: lossText(report) },
      // The first is the one that Enter takes.
      l10n.t("Wait for That Machine"),
      act,
    );
    if (chosen !== act) throw new Dismissed();
    this.#tell(await this.#run(true));
  }
}
