import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { PathVersion } from "../../agent/protocol/pathHistory.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { askOne } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { versionDescription, versionIcon, versionTitle } from "./versionText.ts";

const pageSize = 100;

/** A version that a snapshot holds. */
export type KeptVersion = PathVersion & { readonly first: Entry };

interface VersionPick extends vscode.QuickPickItem {
  readonly version: KeptVersion | null;
}

/**
 * Asks which version of a path that a snapshot holds is meant; each is offered once, by the oldest that holds it.
 * @param path written as in `Change.path`
 * @throws Dismissed, NextStep when there is none, ForkpointError what the agent answers
 */
export async function chooseVersion(
  connection: AgentConnection,
  about: { readonly projectId: string; readonly path: string },
  title: string,
): Promise<KeptVersion> {
  const versions: KeptVersion[] = [];
  for (let from: string | undefined; ;) {
    const page = await longOperation(
      l10n.t("Looking for the versions of {path}", { path: about.path }),
      (call) =>
        connection.call(
          "timeline/history",
          {
            project: about.projectId,
            path: about.path,
            limit: pageSize,
            ...(from !== undefined && { from }),
          },
          call,
        ),
    );
    versions.push(...page.versions.filter(isKept));
    if (versions.length === 0 && page.next === null) {
      throw new NextStep(
        l10n.t("No snapshot on this machine holds {path}.", { path: about.path }),
        "forkpoint.takeSnapshot",
      );
    }
    const picks: VersionPick[] = versions.map(versionPick);
    if (page.next !== null)
      picks.push({ label: `$(ellipsis) ${l10n.t("Show older versions")}`, alwaysShow: true, version: null });
    const { version } = await askOne(picks, {
      title,
      placeHolder: l10n.t("Each version once, newest first"),
    });
    if (version) return version;
    from = page.next ?? undefined;
  }
}

export function isKept(version: PathVersion): version is KeptVersion {
  return version.first !== null;
}

function versionPick(version: KeptVersion): VersionPick {
  return {
    label: `$(${versionIcon(version)}) ${versionTitle(version)}`,
    description: versionDescription(version, Date.now()),
    version,
  };
}
