import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import type { Secret } from "../protocol/store.ts";
import { errorBody } from "../protocol/errors.ts";
import type { CliContext } from "./cliContext.ts";

const keyFileBytes = 32;
const longestPassphrase = 1024;

export interface SecretOptions {
  readonly passphraseFile?: string;
  readonly passphraseStdin?: boolean;
  readonly keyFile?: string;
}

/** What a person is told before the first key of a store is chosen. */
export const withoutIt =
  "Without this passphrase nothing in the store can be read any more, by anybody. Keep it elsewhere, too.";

/** Adds the ways to give a secret. It is never an argument, which everybody on the machine could read. */
export function takeSecret(command: Command): Command {
  return command
    .option("--passphrase-file <file>", "the passphrase is the content of FILE")
    .option("--passphrase-stdin", "the passphrase is read from standard input")
    .option("--key-file <file>", "the key is a file of 32 random bytes: head -c 32 /dev/urandom > FILE");
}

/** The secret that the options name; undefined when they name none. @throws ForkpointError BAD_REQUEST */
export async function givenSecret(context: CliContext, options: SecretOptions): Promise<Secret | undefined> {
  const { passphraseFile, passphraseStdin, keyFile } = options;
  const ways = [passphraseFile, passphraseStdin, keyFile].filter((way) => way !== undefined);
  if (ways.length > 1) context.wrongUsage("Give the passphrase or key file in one way.");
  if (passphraseFile !== undefined) return passphraseOf(context, await read(context, passphraseFile));
  if (passphraseStdin) {
    const { input } = context.terminal;
    return passphraseOf(context, input ? await buffer(input) : Buffer.alloc(0));
  }
  if (keyFile === undefined) return undefined;
  const bytes = await read(context, keyFile);
  if (bytes.length !== keyFileBytes) {
    context.wrongUsage(`${keyFile} is no key file: it has ${bytes.length} bytes and not ${keyFileBytes}.`);
  }
  return { keyFile: bytes.toString("base64") };
}

/** Asks for a passphrase that is there. */
export async function askPassphrase(context: CliContext, prompt = "Passphrase"): Promise<Secret> {
  return { passphrase: await context.terminal.askHidden(prompt) };
}

/** Asks for a new one, twice. @throws ForkpointError BAD_REQUEST when the two differ */
export async function askNewPassphrase(context: CliContext, prompt = "New passphrase"): Promise<Secret> {
  const secret = await askPassphrase(context, prompt);
  const again = await context.terminal.askHidden("The same again");
  if (!("passphrase" in secret) || secret.passphrase !== again) {
    context.wrongUsage("The two differ.");
  }
  return secret;
}

/** Does what needs the store to be open; where it is locked, opens it with what was given, or asks. */
export async function withOpenStore<T>(
  context: CliContext,
  secret: Secret | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const isLocked = errorBody(thrown).code === "REPOSITORY_LOCKED";
    if (!isLocked || (!secret && !context.terminal.canAsk)) throw thrown;
  }
  await context.call("store/unlock", { secret: secret ?? (await askPassphrase(context)) });
  return work();
}

function passphraseOf(context: CliContext, bytes: Buffer): Secret {
  const text = bytes.toString("utf8").replace(/\r?\n$/, "");
  if (text === "" || text.length > longestPassphrase) {
    context.wrongUsage(`A passphrase has 1 to ${longestPassphrase} characters.`);
  }
  return { passphrase: text };
}

async function read(context: CliContext, file: string): Promise<Buffer> {
  const path = context.absolute(file);
  try {
    return await readFile(path);
  } catch (thrown) {
    const { code = "unknown" } = thrown as NodeJS.ErrnoException;
    context.wrongUsage(`${path} cannot be read (${code}).`);
  }
}
