import type { Log } from "../../host/log.ts";
import { type Processes, ProcessFailed } from "../../host/processes.ts";
import { errorBody } from "../../protocol/errors.ts";
import { MasterKey } from "../../repository/masterKey.ts";
import { type KeyPlace, keyBytesOf, keyText } from "./keyPlace.ts";

const program = "secret-tool";
/** A locked keyring asks its user, who may not be there. */
const patienceMs = 15_000;

/** The keyring of the user's session, by the Secret Service; where none runs, it keeps nothing. */
export class Keyring implements KeyPlace {
  readonly #processes: Processes;
  readonly #log: Log;

  constructor(parts: { processes: Processes; log: Log }) {
    this.#processes = parts.processes;
    this.#log = parts.log;
  }

  async keep(repositoryId: string, key: MasterKey): Promise<boolean> {
    const args = ["store", "--label=Forkpoint store", ...attributes(repositoryId)];
    if ((await this.#run(args, Buffer.from(keyText(key), "latin1"))) === null) return false;
    // Some keyrings take what they then do not keep.
    return (await this.recall(repositoryId)) !== null;
  }

  async recall(repositoryId: string): Promise<MasterKey | null> {
    const found = await this.#run(["lookup", ...attributes(repositoryId)]);
    const bytes = found && keyBytesOf(found.toString("latin1"));
    return bytes && new MasterKey(bytes);
  }

  async forget(repositoryId: string): Promise<void> {
    await this.#run(["clear", ...attributes(repositoryId)]);
  }

  /** null when there is no keyring, or it has nothing of the kind. */
  async #run(args: readonly string[], input?: Buffer): Promise<Buffer | null> {
    try {
      const signal = AbortSignal.timeout(patienceMs);
      return (await this.#processes.run(program, args, { signal, ...(input ? { input } : {}) })).stdout;
    } catch (thrown) {
      const { code } = errorBody(thrown);
      if (code === "TOOL_MISSING") return null;
      // It ends with 1 and says nothing when it finds nothing.
      const isNothing = thrown instanceof ProcessFailed && thrown.stderr.trim() === "";
      if (!isNothing)
        this.#log.info("the keyring cannot be used", { asked: args[0], message: String(thrown) });
      return null;
    }
  }
}

function attributes(repositoryId: string): string[] {
  return ["application", "forkpoint", "repository", repositoryId];
}
