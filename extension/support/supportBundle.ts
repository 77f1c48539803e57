import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { forkpointHome } from "../../agent/protocol/home.ts";
import { bundleName, packBundle, type SupportFile, wholeText } from "../../agent/protocol/support/bundle.ts";
import { filesWithoutAgent } from "../../agent/protocol/support/withoutAgent.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { windowFiles } from "./windowFiles.ts";

const scheme = "forkpoint-support";
const save = l10n.t("Save…");

/** Gathers what others need to help, shows all of it, and saves it where a person wants it. Nothing is sent. */
export class SupportBundle implements vscode.Disposable {
  readonly #context: Pick<vscode.ExtensionContext, "extension" | "logUri">;
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #provider: vscode.Disposable;
  readonly #texts = new Map<string, string>();

  constructor(
    context: Pick<vscode.ExtensionContext, "extension" | "logUri">,
    connection: AgentConnection,
    session: ProjectSession,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#session = session;
    this.#provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: ({ path }) => this.#texts.get(path) ?? "",
    });
  }

  dispose(): void {
    this.#provider.dispose();
  }

  /** Shows what a bundle would hold; it is saved only when a person says so. */
  async show(): Promise<void> {
    const files = await longOperation(l10n.t("Gathering a support bundle"), ({ signal }) =>
      this.#gather(signal),
    );
    const nowMs = Date.now();
    const uri = vscode.Uri.from({ scheme, path: `/${bundleName(nowMs).replace(/\.tar\.gz$/, ".txt")}` });
    this.#texts.clear();
    this.#texts.set(uri.path, wholeText(files));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
    // Not awaited: a person looks through it for as long as they like, and the command is done when it shows.
    void this.#offerToSave(files, nowMs);
  }

  /** @returns where to; Dismissed when a person closed the question */
  async #offerToSave(files: readonly SupportFile[], nowMs: number): Promise<void> {
    const chosen = await vscode.window.showInformationMessage(
      l10n.t("This is all that the support bundle holds. Nothing is sent anywhere."),
      save,
    );
    if (chosen !== save) return;
    const uri = await vscode.window.showSaveDialog({
      title: l10n.t("Save the Support Bundle"),
      defaultUri: vscode.Uri.file(join(homedir(), bundleName(nowMs))),
      filters: { [l10n.t("Archives")]: ["tar.gz"] },
    });
    if (!uri) return;
    await writeFile(uri.fsPath, packBundle(files, nowMs), { mode: 0o600 });
    void vscode.window.showInformationMessage(
      l10n.t("Saved the support bundle as {file}", { file: uri.fsPath }),
    );
  }

  async #gather(signal: AbortSignal): Promise<SupportFile[]> {
    const { extension, logUri } = this.#context;
    const { version } = extension.packageJSON as { version: string };
    const ofWindow = windowFiles({ logFolder: logUri.fsPath, state: this.#session.state, env: process.env });
    try {
      const { files } = await this.#connection.call("agent/support", {}, { signal });
      return [...files, ...ofWindow];
    } catch (why) {
      if (signal.aborted) throw new Dismissed();
      const home = forkpointHome(process.env);
      return [...filesWithoutAgent({ home, version, why, env: process.env }), ...ofWindow];
    }
  }
}
