import * as l10n from "@vscode/l10n";
import type { Health } from "../../agent/protocol/health.ts";
import type { HealthAction } from "../../agent/protocol/events.ts";
import { type CommandId, commandTitles } from "../commands/commandTitles.ts";
import { hintFor } from "../feedback/errorAdvice.ts";
import type { WindowState, WindowStateKind } from "../project/windowState.ts";
import { plural } from "../wording/counts.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import type { Tone } from "./tones.ts";

interface Look {
  /** Name of a product icon (codicon). */
  readonly icon: string;
  readonly word: string;
  readonly tone: Tone;
}

const healthLooks = {
  protected: { icon: "pass", word: l10n.t("Protected"), tone: "good" },
  saving: { icon: "sync~spin", word: l10n.t("Saving"), tone: "good" },
  behind: { icon: "cloud-upload", word: l10n.t("Copy is behind"), tone: "quiet" },
  offline: { icon: "debug-disconnect", word: l10n.t("Store out of reach"), tone: "warning" },
  locked: { icon: "lock", word: l10n.t("Store locked"), tone: "warning" },
  paused: { icon: "debug-pause", word: l10n.t("Copy paused"), tone: "quiet" },
  unprotected: { icon: "unlock", word: l10n.t("No safe copy"), tone: "quiet" },
  "low-space": { icon: "warning", word: l10n.t("Pool nearly full"), tone: "warning" },
  "read-only": { icon: "error", word: l10n.t("Pool is read-only"), tone: "error" },
  "device-errors": { icon: "error", word: l10n.t("Disk errors"), tone: "error" },
  degraded: { icon: "warning", word: l10n.t("Degraded"), tone: "warning" },
} as const satisfies Record<Health["state"], Look>;

const windowLooks = {
  "unsupported-platform": { icon: "circle-slash", word: l10n.t("Needs Linux"), tone: "quiet" },
  "no-folder": { icon: "circle-slash", word: l10n.t("No folder"), tone: "quiet" },
  connecting: { icon: "loading~spin", word: l10n.t("Connecting"), tone: "quiet" },
  "agent-stopped": { icon: "debug-stop", word: l10n.t("Agent stopped"), tone: "warning" },
  "agent-failed": { icon: "error", word: l10n.t("Agent not running"), tone: "error" },
  "no-helper": { icon: "circle-large-outline", word: l10n.t("Set up"), tone: "quiet" },
  "no-pool": { icon: "circle-large-outline", word: l10n.t("Set up"), tone: "quiet" },
  "refused-folder": { icon: "circle-slash", word: l10n.t("Not a project"), tone: "quiet" },
  "snapshot-folder": { icon: "history", word: l10n.t("A snapshot"), tone: "quiet" },
  "snapshot-gone": { icon: "warning", word: l10n.t("Deleted snapshot"), tone: "warning" },
  "no-project": { icon: "circle-large-outline", word: l10n.t("No timeline"), tone: "quiet" },
} as const satisfies Record<Exclude<WindowStateKind, "ready">, Look>;

/** The command behind each action the agent proposes. */
export const healthCommands = {
  push: "forkpoint.pushNow",
  setStore: "forkpoint.setStore",
  checkStore: "forkpoint.checkStore",
  unlockStore: "forkpoint.unlockStore",
  resumePush: "forkpoint.resumePush",
  showHealth: "forkpoint.showHealth",
  deleteSnapshots: "forkpoint.deleteSnapshots",
  importFolder: "forkpoint.importFolder",
  createPool: "forkpoint.createPool",
  setUpHelper: "forkpoint.setUpHelper",
} as const satisfies Record<HealthAction, CommandId>;

/** What is done about a window that has no timeline yet, or no agent. */
const windowCommands: Partial<Record<WindowStateKind, readonly CommandId[]>> = {
  "unsupported-platform": ["forkpoint.showLinuxHelp"],
  "agent-stopped": ["forkpoint.startAgent"],
  "agent-failed": ["forkpoint.restartAgent", "forkpoint.showLog"],
  "no-helper": ["forkpoint.setUpHelper", "forkpoint.adoptPool"],
  "no-pool": ["forkpoint.createPool", "forkpoint.adoptPool"],
  "no-project": ["forkpoint.importFolder"],
};

export interface StatusLook extends Look {
  readonly message: string;
  /** What mends it comes first. */
  readonly commands: readonly CommandId[];
}

/**
 * Everything the status bar shows.
 * @param health what the agent said last; undefined while it has said nothing
 */
export function statusLook(state: WindowState, health: Health | undefined, nowMs: number): StatusLook {
  if (state.kind !== "ready") {
    return {
      ...windowLooks[state.kind],
      message: windowMessage(state),
      commands: [
        ...(windowCommands[state.kind] ?? []),
        ...(state.kind === "agent-failed" ? [] : always),
      ].filter(unique),
    };
  }
  if (!health)
    return {
      ...windowLooks.connecting,
      message: l10n.t("Looking how safe the workspace is."),
      commands: always,
    };
  const mending = health.action ? [healthCommands[health.action]] : [];
  const daily: CommandId[] = ["forkpoint.takeSnapshot", "forkpoint.showTimelinePanel"];
  return {
    ...healthLooks[health.state],
    message: healthMessage(health, nowMs),
    commands: [...mending, ...daily, ...pausing(health), ...always].filter(unique),
  };
}

/** Pausing is offered where something is being copied, or is about to be. */
function pausing({ state }: Health): readonly CommandId[] {
  return state === "saving" || state === "behind" ? ["forkpoint.pausePush"] : [];
}

const always: readonly CommandId[] = ["forkpoint.showHealth"];

function unique<T>(value: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(value) === index;
}

/** States whose message says itself how much is still to copy, or where nothing waits to be copied. */
const countsPending: ReadonlySet<Health["state"]> = new Set([
  "protected",
  "saving",
  "behind",
  "paused",
  "unprotected",
]);

function healthMessage(health: Health, nowMs: number): string {
  const parts = [health.message];
  if (health.pending > 0 && !countsPending.has(health.state))
    parts.push(plural(health.pending, "{count} snapshot still to copy.", "{count} snapshots still to copy."));
  if (health.lastPushAt)
    parts.push(l10n.t("Last copied {when}.", { when: relativeTime(health.lastPushAt, nowMs) }));
  return parts.join(" ");
}

function windowMessage(state: Exclude<WindowState, { kind: "ready" }>): string {
  switch (state.kind) {
    case "unsupported-platform":
      return l10n.t(
        "Forkpoint works on Linux: open this folder over Remote - SSH, in WSL or in a dev container.",
      );
    case "no-folder":
      return l10n.t("Open a folder; Forkpoint looks after the folder that is open.");
    case "connecting":
      return l10n.t("Reaching the Forkpoint agent.");
    case "agent-stopped":
      return l10n.t("The Forkpoint agent is stopped. Nothing is snapshotted or copied meanwhile.");
    case "agent-failed":
      return `${firstLine(state.error.message)} ${hintFor(state.error)}`;
    case "no-helper":
      return l10n.t("Forkpoint needs its helper to make a pool, since only root can.");
    case "no-pool":
      return l10n.t("Forkpoint needs a pool in which workspaces live.");
    case "refused-folder":
      return `${state.reason} ${l10n.t("Open the folder of one project instead.")}`;
    case "no-project":
      return l10n.t("This folder has no timeline yet.");
    case "snapshot-folder":
      return l10n.t("This window shows a snapshot. Nothing in it changes.");
    case "snapshot-gone":
      return l10n.t("The snapshot that this window shows was deleted; its files go with it.");
  }
}

/** The rest is what a program wrote; the log has it. */
function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/ It wrote:$/, "");
}

/** The tooltip as Markdown, with the commands as links. `message` must be escaped already. */
export function statusTooltip(look: Pick<StatusLook, "icon" | "word" | "commands">, message: string): string {
  const links = look.commands.map((command) => `[${commandTitles[command]}](command:${command})`);
  return [`$(${look.icon}) **${look.word}**`, message, links.join(" · ")].filter(Boolean).join("\n\n");
}
