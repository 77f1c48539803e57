import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Secret, Store } from "../../agent/protocol/store.ts";
import type { Result } from "../../agent/protocol/methods.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { errorBody } from "../../agent/protocol/errors.ts";
import { askOne, askText } from "../feedback/ask.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { Dismissed } from "../feedback/nextStep.ts";
import { offer } from "../feedback/reportError.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { plural } from "../wording/counts.ts";
import { askNewPassphrase, askSecret } from "./askSecret.ts";
import { askNewKeyFile } from "./keyFile.ts";
import type { StoreSecrets } from "./storeSecrets.ts";
import { storeText } from "./storeText.ts";
import { storeUrlProblem } from "./storeUrl.ts";

const kinds = [
  {
    label: `$(cloud) ${l10n.t("S3 bucket")}`,
    detail: l10n.t(
      "Amazon S3 or anything that speaks its language. Credentials come from where the AWS tools look.",
    ),
    place: "s3",
  },
  {
    label: `$(folder) ${l10n.t("Folder")}`,
    detail: l10n.t("Another disk, a network share, or a folder that is backed up."),
    place: "dir",
  },
] as const;

const protections = [
  {
    label: `$(unlock) ${l10n.t("Leave it readable")}`,
    detail: l10n.t("Whoever can read the store can read everything in your workspaces, .env files included."),
    protection: "none",
  },
  {
    label: `$(lock) ${l10n.t("Encrypt it with a passphrase")}`,
    detail: l10n.t("Whoever keeps the store can read nothing in it, neither contents nor names."),
    protection: "passphrase",
  },
  {
    label: `$(key) ${l10n.t("Encrypt it with a key file")}`,
    detail: l10n.t("The same, opened by a file of 32 random bytes instead of something to remember."),
    protection: "keyFile",
  },
] as const;

/** Sets up the safe copy elsewhere, checks it and pushes to it. */
export class StoreCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #secrets: StoreSecrets;

  constructor(connection: AgentConnection, session: ProjectSession, secrets: StoreSecrets) {
    this.#connection = connection;
    this.#session = session;
    this.#secrets = secrets;
  }

  async set(): Promise<Store> {
    await this.#session.requireAgent();
    const { store: current } = await this.#connection.call("store/show", {});
    const { place } = await askOne(kinds, {
      title: l10n.t("Set store (1 of 2)"),
      placeHolder: l10n.t("Where should the safe copy go?"),
    });
    const url = place === "dir" ? await this.#askFolder() : await askBucket(current?.url);
    const store = await this.#setUrl(url);
    this.#tell(store, l10n.t("The store is set."));
    return store;
  }

  /** Sets it, once it is known from the agent whether it takes a passphrase or key file, and which. */
  async #setUrl(url: string): Promise<Store> {
    const set = (how: { encrypt?: boolean; secret?: Secret }) =>
      longOperation(l10n.t("Checking the store"), (call) =>
        this.#connection.call("store/set", { url, ...how }, call),
      );
    const keeping = async (secret: Secret) => {
      const store = await set({ encrypt: true, secret });
      await this.#secrets.keep(store.url, secret);
      return store;
    };
    try {
      // A store that is there is taken as it is; of a new one this tells that it is new, and makes nothing.
      return await set({ encrypt: true });
    } catch (thrown) {
      const { code } = errorBody(thrown);
      if (code === "REPOSITORY_PLAIN") return set({ encrypt: false });
      if (code === "REPOSITORY_LOCKED") return keeping(await askSecret(l10n.t("Open the encrypted store")));
      if (code !== "KEY_NEEDED") throw thrown;
    }
    // What others keep is encrypted unless somebody decides otherwise; a folder is the person's own.
    const [readable, ...encrypted] = protections;
    const { protection } = await askOne(
      url.startsWith("dir:") ? [readable, ...encrypted] : [...encrypted, readable],
      {
        title: l10n.t("Set store"),
        placeHolder: l10n.t("The store holds no copies yet. Who may read those that come?"),
      },
    );
    if (protection === "none") return set({ encrypt: false });
    const title = l10n.t("Encrypt the store");
    return keeping(protection === "passphrase" ? await askNewPassphrase(title) : await askNewKeyFile(title));
  }

  async check(): Promise<Store> {
    await this.#session.requireAgent();
    const store = await longOperation(l10n.t("Checking the store"), (call) =>
      this.#connection.call("store/check", {}, call),
    );
    this.#tell(store, l10n.t("The store works."));
    return store;
  }

  /** Waits until every entry is in the store. */
  async push(): Promise<Result<"sync/push">> {
    const { project } = await this.#session.require();
    const result = await longOperation(l10n.t("Pushing to the store"), (call) =>
      this.#connection.call("sync/push", { project: project.projectId, wait: true }, call),
    );
    void vscode.window.showInformationMessage(
      result.pushed.length === 0
        ? l10n.t("Everything is in the store already.")
        : plural(
            result.pushed.length,
            "Pushed {count} snapshot to the store.",
            "Pushed {count} snapshots to the store.",
          ),
    );
    return result;
  }

  /** Snapshots wait on this disk until `resume`. */
  async pause(): Promise<Store> {
    await this.#session.requireAgent();
    const store = await this.#connection.call("store/pause", {});
    offer(
      vscode.window.showInformationMessage,
      l10n.t("The safe copy is paused. New snapshots stay on this disk."),
      ["forkpoint.resumePush"],
    );
    return store;
  }

  async resume(): Promise<Store> {
    await this.#session.requireAgent();
    const store = await this.#connection.call("store/resume", {});
    void vscode.window.showInformationMessage(l10n.t("The safe copy goes on."));
    return store;
  }

  async #askFolder(): Promise<string> {
    const typed = await askText({
      title: l10n.t("Set store (2 of 2)"),
      prompt: l10n.t("Folder for the safe copy. Leave it empty to choose one from a list."),
      placeHolder: "/mnt/backup/forkpoint",
      validateInput: (text) =>
        text === ""
          ? null
          : text.startsWith("/")
            ? storeUrlProblem(`dir://${text}`)
            : l10n.t("Type an absolute path."),
    });
    if (typed !== "") return `dir://${typed}`;
    const chosen = await vscode.window.showOpenDialog({
      title: l10n.t("Folder for the safe copy"),
      openLabel: l10n.t("Use as Store"),
      canSelectFiles: false,
      canSelectFolders: true,
    });
    const folder = chosen?.[0];
    if (!folder) throw new Dismissed();
    return `dir://${folder.fsPath}`;
  }

  #tell(store: Store, success: string): void {
    if (store.state === "ok") {
      const weak = store.conditionalWrites === false;
      offer(
        weak ? vscode.window.showWarningMessage : vscode.window.showInformationMessage,
        weak ? `${success} ${storeText(store)}` : success,
        [],
      );
    } else
      offer(vscode.window.showWarningMessage, storeText(store), [
        "forkpoint.checkStore",
        "forkpoint.setStore",
      ]);
  }
}

function askBucket(current: string | undefined): Promise<string> {
  return askText({
    title: l10n.t("Set store (2 of 2)"),
    prompt: l10n.t(
      "Bucket and prefix; add ?endpoint=…&region=…&forcePathStyle=true for other servers than Amazon's",
    ),
    placeHolder: "s3://bucket/prefix?region=eu-central-1",
    value: current?.startsWith("s3://") ? current : "s3://",
    validateInput: storeUrlProblem,
  }).then((text) => text.trim());
}
