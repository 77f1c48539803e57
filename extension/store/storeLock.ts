import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Secret, Store } from "../../agent/protocol/store.ts";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { askNewPassphrase, askSecret } from "./askSecret.ts";
import type { StoreSecrets } from "./storeSecrets.ts";

/**
 * Opens an encrypted store for the agent: by itself with what was kept for it, once for each
 * connection, and otherwise by asking. A store that somebody locks later stays locked.
 */
export class StoreLock implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #secrets: StoreSecrets;
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: readonly vscode.Disposable[];
  /** Whether this connection's attempt is still to come. */
  #isDue = false;
  #isTrying = false;

  constructor(
    connection: AgentConnection,
    session: ProjectSession,
    secrets: StoreSecrets,
    log: vscode.LogOutputChannel,
  ) {
    this.#connection = connection;
    this.#session = session;
    this.#secrets = secrets;
    this.#log = log;
    this.#disposables = [
      connection.onDidChangeState(({ kind }) => {
        if (kind === "connecting") this.#isDue = true;
        if (kind === "connected") void this.#openByItself();
      }),
      connection.onDidHear((heard) => {
        if (heard.name === "changed/machine" && heard.body.what === "store") void this.#openByItself();
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Asks for the passphrase or key file and opens the store with it. @throws NextStep when there is nothing to open */
  async unlock(): Promise<Store> {
    const { url } = await this.#requireEncrypted();
    const secret = await askSecret(l10n.t("Unlock store"));
    const store = await longOperation(l10n.t("Unlocking the store"), (call) =>
      this.#connection.call("store/unlock", { secret }, call),
    );
    await this.#secrets.keep(url, secret);
    void vscode.window.showInformationMessage(l10n.t("The store is unlocked."));
    return store;
  }

  /** Replaces the passphrase by another; nothing is uploaded again. */
  async changePassphrase(): Promise<void> {
    const { url } = await this.#requireEncrypted();
    const current = await askSecret(
      l10n.t("Change store passphrase (1 of 2)"),
      l10n.t("The present passphrase"),
    );
    const next = await askNewPassphrase(l10n.t("Change store passphrase (2 of 2)"));
    await this.whenOpen(() =>
      longOperation(l10n.t("Changing the passphrase"), (call) =>
        this.#connection.call("store/changeKey", { current, next }, call),
      ),
    );
    await this.#secrets.keep(url, next);
    void vscode.window.showInformationMessage(
      l10n.t("The passphrase is changed. The old one opens the store no more."),
    );
  }

  /** Does what needs the store to be open, asking for its passphrase where it is locked. */
  whenOpen<T>(work: () => Promise<T>): Promise<T> {
    return whenLocked(work, async () => {
      await this.unlock();
      return work();
    });
  }

  /** As `whenOpen`, for work that opens the store itself with what a person gives. */
  givenSecret<T>(work: (secret?: Secret) => Promise<T>): Promise<T> {
    return whenLocked(work, async () => {
      const { url } = await this.#requireEncrypted();
      const secret = await askSecret(l10n.t("Unlock store"));
      const result = await work(secret);
      await this.#secrets.keep(url, secret);
      return result;
    });
  }

  /** @throws NextStep when none is set */
  async requireStore(): Promise<Store> {
    await this.#session.requireAgent();
    const { store } = await this.#connection.call("store/show", {});
    if (!store) throw new NextStep(l10n.t("No store is set."), "forkpoint.setStore");
    return store;
  }

  async #requireEncrypted(): Promise<Store> {
    const store = await this.requireStore();
    if (!store.encrypted) {
      throw new NextStep(l10n.t("The store is not encrypted: it has no passphrase."), "forkpoint.setStore");
    }
    return store;
  }

  async #openByItself(): Promise<void> {
    if (!this.#isDue || this.#isTrying) return;
    this.#isTrying = true;
    try {
      const { store } = await this.#connection.call("store/show", {});
      // Open already: whoever locks it from now on wants it locked.
      if (store?.state === "ok") this.#isDue = false;
      const isClosed = store?.state === "locked" || store?.state === "unchecked";
      if (!store?.encrypted || !isClosed) return;
      const secret = await this.#secrets.find(store.url);
      if (!secret) return;
      await this.#connection.call("store/unlock", { secret });
      this.#isDue = false;
      this.#log.info("The store was unlocked with what was kept for it.");
    } catch (thrown) {
      const { code, message } = errorBody(thrown);
      // One that opens nothing is not tried again; the status bar says that the store is locked.
      if (code === "KEY_WRONG") this.#isDue = false;
      this.#log.warn(`The store could not be unlocked. ${code}: ${message}`);
    } finally {
      this.#isTrying = false;
    }
  }
}

async function whenLocked<T>(work: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (errorBody(thrown).code !== "REPOSITORY_LOCKED") throw thrown;
  }
  return otherwise();
}
