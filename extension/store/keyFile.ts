import { randomBytes } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Secret } from "../../agent/protocol/store.ts";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import { askText } from "../feedback/ask.ts";
import { Dismissed } from "../feedback/nextStep.ts";

const keyFileBytes = 32;

/** The key in a file that a person names. @throws Dismissed, ForkpointError BAD_REQUEST when it is no key file */
export async function askKeyFile(title: string): Promise<Secret> {
  const typed = await askText({
    title,
    prompt: l10n.t("The key file. Leave it empty to choose it from a list."),
    placeHolder: "/home/ada/forkpoint.key",
    validateInput: (text) => (text === "" ? null : pathProblem(text)),
  });
  return keyOf(typed === "" ? await chosenFile(title) : typed);
}

/** As `askKeyFile`, for a new store: where there is no such file, it is made. */
export async function askNewKeyFile(title: string): Promise<Secret> {
  const path = await askText({
    title,
    prompt: l10n.t(
      "The key file; it is made where there is none. Without it nothing in the store can be read any more, by anybody: keep a copy elsewhere, too.",
    ),
    placeHolder: "/home/ada/forkpoint.key",
    validateInput: pathProblem,
  });
  await makeKeyFile(path);
  return keyOf(path);
}

function pathProblem(text: string): string | null {
  return text.startsWith("/") ? null : l10n.t("Type an absolute path.");
}

async function chosenFile(title: string): Promise<string> {
  const chosen = await vscode.window.showOpenDialog({ title, openLabel: l10n.t("Use as Key File") });
  const file = chosen?.[0];
  if (!file) throw new Dismissed();
  return file.fsPath;
}

async function keyOf(path: string): Promise<Secret> {
  const bytes = await readFile(path).catch((thrown: unknown) => {
    throw unusable(l10n.t("{path} is no key file: it cannot be read{code}.", { path, code: codeOf(thrown) }));
  });
  if (bytes.length === keyFileBytes) return { keyFile: bytes.toString("base64") };
  throw unusable(
    l10n.t("{path} is no key file: it has {count} bytes and not {wanted}.", {
      path,
      count: bytes.length,
      wanted: keyFileBytes,
    }),
  );
}

/** Makes it, for its owner only and lasting, before anything is encrypted with it; one that is there stays. */
async function makeKeyFile(path: string): Promise<void> {
  try {
    await writeFile(path, randomBytes(keyFileBytes), { flag: "wx", mode: 0o600, flush: true });
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return;
    throw unusable(l10n.t("{path} is no key file: it cannot be made{code}.", { path, code: codeOf(thrown) }));
  }
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}

/** " (ENOENT)", or nothing. */
function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? ` (${String(thrown.code)})` : "";
}

function unusable(problem: string): ForkpointError {
  return new ForkpointError("BAD_REQUEST", problem, {
    hint: l10n.t("A key file has 32 random bytes. Name another."),
  });
}
