import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import { type CommandId, commandTitles } from "../commands/commandTitles.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import { reportError } from "../feedback/reportError.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { textArgument } from "../timeline/entryArgument.ts";
import { entryPick } from "../timeline/chooseEntry.ts";
import { plural } from "../wording/counts.ts";
import type { FoundEntries } from "./entrySearch.ts";
import { searchHint } from "./searchQuery.ts";
import type { TimelineSearch } from "./timelineSearch.ts";

const listed = 100;
/** How long nothing must have been typed before it is looked for. Milliseconds. */
const typingMs = 150;

interface FoundPick extends vscode.QuickPickItem {
  /** Null for the line that puts what was found into the view. */
  readonly entry: Entry | null;
}
interface ActButton extends vscode.QuickInputButton {
  readonly command: CommandId;
}

const buttons = (
  [
    ["forkpoint.compareWithNow", "diff"],
    ["forkpoint.browseSnapshot", "folder-opened"],
    ["forkpoint.restoreWorkspace", "history"],
  ] as const
).map(([command, icon]): ActButton => ({
  command,
  iconPath: new vscode.ThemeIcon(icon),
  tooltip: commandTitles[command],
}));

/** Finds entries while a person types. */
export class SearchCommands {
  readonly #session: ProjectSession;
  readonly #search: TimelineSearch;
  readonly #log: vscode.LogOutputChannel;

  constructor(session: ProjectSession, search: TimelineSearch, log: vscode.LogOutputChannel) {
    this.#session = session;
    this.#search = search;
    this.#log = log;
  }

  /** Lists what matches; given `{ query }`, the Timeline view shows what it finds. @throws Dismissed */
  async run(argument: unknown): Promise<void> {
    await this.#session.require();
    const query = textArgument(argument, "query");
    if (query !== undefined) return this.#search.show(query);
    const chosen = await this.#ask();
    if (typeof chosen === "string") {
      await this.#search.show(chosen);
      await vscode.commands.executeCommand("forkpoint.timeline.focus");
      return;
    }
    await vscode.commands.executeCommand(chosen.command, { snapshotId: chosen.snapshotId });
  }

  clear(): Promise<void> {
    return this.#search.clear();
  }

  /** What to do with which entry, or the query to show in the view. @throws Dismissed */
  async #ask(): Promise<string | { command: CommandId; snapshotId: string }> {
    const pick = vscode.window.createQuickPick<FoundPick>();
    pick.title = commandTitles["forkpoint.searchTimeline"];
    pick.placeholder = searchHint;
    pick.value = this.#search.query;
    let running = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const look = async () => {
      running.abort();
      running = new AbortController();
      const { signal } = running;
      pick.busy = true;
      try {
        const typed = pick.value;
        const found = await this.#search.look(typed, listed, signal);
        if (signal.aborted) return;
        pick.items = picks(typed, found);
        pick.busy = false;
      } catch (thrown) {
        if (signal.aborted) return;
        pick.busy = false;
        reportError(thrown, this.#log);
      }
    };
    const done = Promise.withResolvers<string | { command: CommandId; snapshotId: string }>();
    const listeners = [
      pick.onDidChangeValue(() => {
        clearTimeout(timer);
        timer = setTimeout(() => void look(), typingMs);
      }),
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (!item) return;
        if (!item.entry) done.resolve(pick.value);
        else {
          done.resolve({ command: "forkpoint.showEntryActions", snapshotId: item.entry.snapshotId });
        }
      }),
      pick.onDidTriggerItemButton(({ item, button }) => {
        const act = buttons.find((each) => each === button);
        if (act && item.entry) done.resolve({ command: act.command, snapshotId: item.entry.snapshotId });
      }),
      pick.onDidHide(() => done.reject(new Dismissed())),
    ];
    pick.show();
    void look();
    try {
      return await done.promise;
    } finally {
      clearTimeout(timer);
      running.abort();
      for (const listener of listeners) listener.dispose();
      pick.dispose();
    }
  }
}

function picks(typed: string, { entries, matches, problem }: FoundEntries): FoundPick[] {
  const amount =
    matches === 0 ? l10n.t("No snapshot matches") : plural(matches, "{count} snapshot", "{count} snapshots");
  const head: FoundPick = {
    label: `$(filter) ${amount}`,
    description: l10n.t("show only these in the Timeline view"),
    ...(problem !== null && { detail: problem }),
    alwaysShow: true,
    entry: null,
  };
  const rows = entries.map((entry) => ({ ...entryPick(entry), entry, buttons, alwaysShow: true }));
  // Enter takes the first: something that was found, before what shows all of it.
  return entries.length === 0 ? [head] : typed.trim() === "" ? rows : [...rows, head];
}
