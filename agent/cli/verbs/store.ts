import type { Command } from "commander";
import type { Store } from "../../protocol/store.ts";
import { errorBody } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";
import { storeText } from "../projectText.ts";
import {
  askNewPassphrase,
  askPassphrase,
  givenSecret,
  type SecretOptions,
  takeSecret,
  withoutIt,
} from "../secrets.ts";
import { addStoreGc } from "./storeGc.ts";
import { addStoreKey } from "./storeKey.ts";
import { addStoreLimit } from "./storeLimit.ts";
import { addStorePause } from "./storePause.ts";

interface SetOptions extends SecretOptions {
  readonly encrypt?: boolean;
  readonly plain?: boolean;
  readonly remember?: boolean;
}

const remember = "keep the key in a file of the agent's home where this machine has no keyring";

export function addStore(program: Command, context: CliContext): void {
  const store = program
    .command("store")
    .summary("set, show, check, pause and unlock the store that keeps the safe copies")
    .description("Set, show, check, pause, unlock and lock the store that keeps the safe copies.");

  takeSecret(store.command("set"))
    .description(
      "Sets where safe copies go: dir:///path or s3://bucket/prefix?endpoint=…&region=…&forcePathStyle=true.\n" +
        "Credentials come from the usual AWS places, never from the address. The store is checked first.\n" +
        "A new store in a bucket is encrypted, one in a folder is when you say so; the passphrase is asked for.",
    )
    .argument("<url>", "the address")
    .option("--encrypt", "encrypt a new store; refuse one that is not")
    .option("--plain", "do not encrypt a new store")
    .option("--remember", remember)
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint store set dir:///mnt/backup/forkpoint\n" +
        "  $ forkpoint store set s3://bucket/prefix --passphrase-file ~/forkpoint.pass",
    )
    .action(async (url: string, options: SetOptions) => {
      const set = await setStore(context, url, options);
      context.show(set, () => storeText(set, context.terminal));
    });

  takeSecret(store.command("unlock"))
    .description(
      "Opens an encrypted store with its passphrase or key file. The key is kept in the keyring of your\n" +
        "session where there is one; otherwise until the agent ends, or with --remember in a file.",
    )
    .option("--remember", remember)
    .addHelpText("after", "\nExample:\n  $ forkpoint store unlock")
    .action(async (options: SecretOptions & { remember?: boolean }) => {
      const secret = (await givenSecret(context, options)) ?? (await askPassphrase(context));
      const opened = await context.call("store/unlock", { secret, remember: options.remember ?? false });
      context.show(opened, () => storeText(opened, context.terminal));
    });

  store
    .command("lock")
    .description("Forgets the key of the store on this machine, in memory, keyring and file.")
    .addHelpText("after", "\nExample:\n  $ forkpoint store lock")
    .action(async () => {
      const locked = await context.call("store/lock", {});
      context.show(locked, () => storeText(locked, context.terminal));
    });

  addStorePause(store, context);
  addStoreLimit(store, context);
  addStoreGc(store, context);
  addStoreKey(store, context);

  store
    .command("show")
    .description("Shows the store as it was last checked; with --json null when none is set.")
    .addHelpText("after", "\nExample:\n  $ forkpoint store show")
    .action(async () => {
      const { store: shown } = await context.call("store/show", {});
      context.show(shown, () =>
        shown
          ? storeText(shown, context.terminal)
          : "No store is set. Set one with `forkpoint store set URL`.",
      );
    });

  store
    .command("check")
    .description("Reads and writes a small object in the store and says how that went.")
    .addHelpText("after", "\nExample:\n  $ forkpoint store check --json")
    .action(async () => {
      const checked = await context.call("store/check", {});
      if (checked.state !== "ok") context.exitCode = 1;
      context.show(checked, () => storeText(checked, context.terminal));
    });
}

/** Sets the store, asking for the passphrase where the agent finds that it takes one. */
async function setStore(context: CliContext, url: string, options: SetOptions): Promise<Store> {
  if (options.encrypt && options.plain) context.wrongUsage("Choose --encrypt or --plain.");
  const given = await givenSecret(context, options);
  if (options.plain && given) context.wrongUsage("A plain store takes no passphrase or key file.");
  const encrypt = options.encrypt ? true : options.plain ? false : undefined;
  const params = { url, ...(encrypt === undefined ? {} : { encrypt }), remember: options.remember ?? false };
  if (given) return context.call("store/set", { ...params, secret: given });
  try {
    return await context.call("store/set", params);
  } catch (thrown) {
    const { code } = errorBody(thrown);
    if (!context.terminal.canAsk) throw thrown;
    if (code === "REPOSITORY_LOCKED" && !options.plain) {
      return context.call("store/set", { ...params, secret: await askPassphrase(context) });
    }
    if (code !== "KEY_NEEDED") throw thrown;
  }
  context.terminal.printError(withoutIt);
  return context.call("store/set", { ...params, secret: await askNewPassphrase(context) });
}
