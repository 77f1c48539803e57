import { readdir } from "node:fs/promises";
import type { Processes } from "../../host/processes.ts";
import type { Check } from "../../protocol/health.ts";
import type { Store } from "../../protocol/store.ts";
import { errorBody } from "../../protocol/errors.ts";
import { keyFolderOf } from "../../sync/store/keyFolder.ts";
import { advice, bad, ok } from "./checks.ts";

/** What is asked about the store; `check` asks the store itself whether it works, null when none is set. */
export interface StoreQuestions {
  readonly check: (signal: AbortSignal) => Promise<Store | null>;
  readonly processes: Processes;
  readonly env: NodeJS.ProcessEnv;
  readonly agentHome: string;
}

/** Whether the store works, and what is not as good as it could be about it. */
export async function checkStore(questions: StoreQuestions, signal: AbortSignal): Promise<Check[]> {
  try {
    const store = await questions.check(signal);
    if (!store) {
      return [
        bad("store", "Snapshots are kept on this disk only.", "Set a store with `forkpoint store set URL`."),
      ];
    }
    return [
      stateOf(store),
      ...writersOf(store),
      ...pauseOf(store),
      ...tidyingOf(store),
      ...(await keyOf(store, questions, signal)),
    ];
  } catch (thrown) {
    const { code, message, hint } = errorBody(thrown);
    if (code === "CANCELLED") throw thrown;
    return [bad("store", message, hint)];
  }
}

function stateOf(store: Store): Check {
  if (store.state === "ok") return ok("store", `The store ${store.url} works.`);
  return bad(
    "store",
    store.message ?? `The store ${store.url} is ${store.state}.`,
    store.state === "locked"
      ? "Give its passphrase or key file with `forkpoint store unlock`."
      : "Look at `forkpoint store check`, or set another store.",
  );
}

function writersOf({ conditionalWrites }: Store): Check[] {
  if (conditionalWrites !== false) return [];
  return [
    advice(
      "conditional writes",
      "The store does not honour conditional writes, so two machines could overwrite each other.",
      "Use this store from this machine only, or set one that honours them.",
    ),
  ];
}

function pauseOf({ paused }: Store): Check[] {
  if (!paused) return [];
  return [
    advice(
      "safe copy",
      "Pushing is paused: new snapshots stay on this disk.",
      "Run `forkpoint store resume`.",
    ),
  ];
}

function tidyingOf({ tidying }: Store): Check[] {
  const problem = tidying.last?.problem ?? null;
  if (problem === null) return [];
  return [bad("tidying", `The store was not tidied: ${problem}`, "Run `forkpoint gc`, which says more.")];
}

/** Where the key of an encrypted store is kept from one start of the agent to the next. */
async function keyOf(store: Store, questions: StoreQuestions, signal: AbortSignal): Promise<Check[]> {
  if (!store.encrypted) return [];
  if (await hasKeyFile(keyFolderOf(questions.agentHome))) {
    return [ok("key of the store", "It is kept in a file of yours, and the store unlocks by itself.")];
  }
  const why = await whyNoKeyring(questions, signal);
  if (why === null) return [ok("key of the store", "The keyring of your session keeps it.")];
  return [
    advice(
      "key of the store",
      `${why} The store is locked after each start until somebody unlocks it.`,
      "Run `sudo apt-get install libsecret-tools` where a keyring runs, or `forkpoint store unlock --remember`.",
    ),
  ];
}

async function whyNoKeyring({ processes, env }: StoreQuestions, signal: AbortSignal): Promise<string | null> {
  try {
    await processes.run("secret-tool", ["--version"], { signal });
  } catch (thrown) {
    const { code } = errorBody(thrown);
    if (code === "CANCELLED") throw thrown;
    // One that is there and does not know the option is good enough.
    if (code === "TOOL_MISSING") return "The program secret-tool, which asks a keyring, is not installed.";
  }
  return env["DBUS_SESSION_BUS_ADDRESS"] ? null : "No session runs here that could have a keyring.";
}

async function hasKeyFile(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw thrown;
  }
}
