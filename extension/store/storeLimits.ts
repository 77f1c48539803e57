import * as vscode from "vscode";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { reportError } from "../feedback/reportError.ts";

const settings = { upload: "store.uploadLimit", download: "store.downloadLimit" } as const;
type Direction = keyof typeof settings;
const directions = ["upload", "download"] as const satisfies readonly Direction[];

/**
 * Hands the editor's limits of transfers, in KiB a second, to the agent. What nobody set in the editor stays as
 * the agent has it, since the command line may have set it there.
 */
export class StoreLimits implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: readonly vscode.Disposable[];

  constructor(connection: AgentConnection, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#log = log;
    this.#disposables = [
      connection.onDidChangeState(({ kind }) => {
        if (kind === "connected") void this.#tell(directions.filter(isSet));
      }),
      connection.onDidHear((heard) => {
        if (heard.name === "changed/machine" && heard.body.what === "store")
          void this.#tell(directions.filter(isSet));
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        void this.#tell(
          directions.filter((each) => change.affectsConfiguration(`forkpoint.${settings[each]}`)),
        );
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #tell(which: readonly Direction[]): Promise<void> {
    if (which.length === 0 || this.#connection.state.kind !== "connected") return;
    try {
      const { store } = await this.#connection.call("store/show", {});
      const wanted = which.map((each) => [each, limitOf(each)] as const);
      if (!store || wanted.every(([each, limit]) => store.limits[each] === limit)) return;
      await this.#connection.call("store/limit", Object.fromEntries(wanted));
    } catch (thrown) {
      reportError(thrown, this.#log);
    }
  }
}

function isSet(direction: Direction): boolean {
  const found = vscode.workspace.getConfiguration("forkpoint").inspect(settings[direction]);
  return found?.globalValue !== undefined;
}

/** Bytes a second; null for no limit. */
function limitOf(direction: Direction): number | null {
  const kib = vscode.workspace.getConfiguration("forkpoint").get<number>(settings[direction]) ?? 0;
  return kib > 0 ? Math.round(kib) * 1024 : null;
}
