import type { Command } from "commander";
import type { StoreKey } from "../../protocol/store.ts";
import type { CliContext } from "../cliContext.ts";
import { oneLine } from "../oneLine.ts";
import {
  askNewPassphrase,
  askPassphrase,
  givenSecret,
  type SecretOptions,
  takeSecret,
  withOpenStore,
} from "../secrets.ts";
import { table } from "../table.ts";
import { ago } from "../wording.ts";

const kinds = { passphrase: "passphrase", keyFile: "key file" } as const satisfies Record<
  StoreKey["kind"],
  string
>;

/** `forkpoint store key …` */
export function addStoreKey(store: Command, context: CliContext): void {
  const key = store
    .command("key")
    .summary("list, add, remove and change what opens an encrypted store")
    .description(
      "Lists, adds, removes and changes the passphrases and key files that open an encrypted store.\n" +
        "Nothing is uploaded again for it. The store must be unlocked here.",
    );

  key
    .command("list")
    .description("Lists the keys, oldest first. They are not shown, only what they are called.")
    .addHelpText("after", "\nExample:\n  $ forkpoint store key list")
    .action(async () => {
      const { keys } = await withOpenStore(context, undefined, () => context.call("store/keys", {}));
      context.show(keys, () => keyTable(keys, context));
    });

  takeSecret(key.command("add"))
    .description("Adds a passphrase or key file that opens the store too.")
    .requiredOption("--label <text>", "what it is called in the list")
    .addHelpText(
      "after",
      '\nExample:\n  $ forkpoint store key add --label "Ada\'s laptop" --key-file ada.key',
    )
    .action(async (options: SecretOptions & { label: string }) => {
      const secret = (await givenSecret(context, options)) ?? (await askNewPassphrase(context));
      const added = await withOpenStore(context, undefined, () =>
        context.call("store/addKey", { secret, label: options.label }),
      );
      context.show(added, () => keyTable([added], context));
    });

  key
    .command("remove")
    .description(
      "Removes a key; the last one stays. Whoever opened the store with it before may have kept what it\n" +
        "protects: to shut somebody out for good, set a new store.",
    )
    .argument("<key>", "its id, from `forkpoint store key list`")
    .addHelpText("after", "\nExample:\n  $ forkpoint store key remove 3f0c9a52b1d47e86")
    .action(async (keyId: string) => {
      await withOpenStore(context, undefined, () => context.call("store/removeKey", { keyId }));
      context.show({}, () => `Removed the key ${keyId}.`);
    });

  takeSecret(key.command("change"))
    .description("Replaces a passphrase or key file by another. The options name the one there is.")
    .option("--new-passphrase-file <file>", "the new passphrase is the content of FILE")
    .option("--new-key-file <file>", "the new key is a file of 32 random bytes")
    .addHelpText("after", "\nExample:\n  $ forkpoint store key change")
    .action(async (options: SecretOptions & { newPassphraseFile?: string; newKeyFile?: string }) => {
      const { newPassphraseFile, newKeyFile } = options;
      const current =
        (await givenSecret(context, options)) ?? (await askPassphrase(context, "Present passphrase"));
      const named = {
        ...(newPassphraseFile === undefined ? {} : { passphraseFile: newPassphraseFile }),
        ...(newKeyFile === undefined ? {} : { keyFile: newKeyFile }),
      };
      const next = (await givenSecret(context, named)) ?? (await askNewPassphrase(context));
      const changed = await withOpenStore(context, current, () =>
        context.call("store/changeKey", { current, next }),
      );
      context.show(changed, () => keyTable([changed], context));
    });
}

function keyTable(keys: readonly StoreKey[], { terminal }: CliContext): string {
  const rows = keys.map(({ keyId, kind, label, createdAt }) => [
    keyId,
    kinds[kind],
    ago(createdAt, terminal.now()),
    oneLine(label),
  ]);
  return table(["KEY", "KIND", "MADE", "LABEL"], rows);
}
