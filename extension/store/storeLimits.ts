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
  /** What the agent is still to be told, once there is a store. */
  readonly #untold = new Set<Direction>();

  constructor(connection: AgentConnection, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#log = log;
    this.#disposables = [
      connection.onDidChangeState(({ kind }) => {
        if (kind === "connected") this.#want(directions.filter(isSet));
      }),
      connection.onDidHear((heard) => {
        // There may be a store by now. What somebody limits elsewhere stays as it is.
        if (heard.name === "changed/machine" && heard.body.what === "store") void this.#tell();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        this.#want(directions.filter((each) => change.affectsConfiguration(`forkpoint.${settings[each]}`)));
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #want(which: readonly Direction[]): void {
    for (const each of which) this.#untold.add(each);
    void this.#tell();
  }

  async #tell(): Promise<void> {
    if (this.#untold.size === 0 || this.#connection.state.kind !== "connected") return;
    const wanted = [...this.#untold].map((each) => [each, limitOf(each)] as const);
    try {
      const { store } = await this.#connection.call("store/show", {});
      if (!store) return;
      for (const [each] of wanted) this.#untold.delete(each);
      if (wanted.every(([each, limit]) => store.limits[each] === limit)) return;
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
