import { askText } from "../feedback/ask.ts";

const leastCharacters = 8;

/** A passphrase that is there. @throws Dismissed */
export function askPassphrase(title: string, prompt = "The store's passphrase"): Promise<string> {
  return askText({
    title,
    prompt,
    password: true,
    validateInput: (text) => (text === "" ? "Type the passphrase." : null),
  });
}

/** A new passphrase, typed twice. @throws Dismissed */
export async function askNewPassphrase(title: string): Promise<string> {
  const passphrase = await askText({
    title,
    prompt:
      "A new passphrase. Without it nothing in the store can be read any more, by anybody: keep it elsewhere, too.",
    password: true,
    validateInput: newPassphraseProblem,
  });
  await askText({
    title,
    prompt: "The same again",
    password: true,
    validateInput: (text) => (text === passphrase ? null : "The two differ."),
  });
  return passphrase;
}

/** What is wrong with a new passphrase, or null. */
export function newPassphraseProblem(text: string): string | null {
  return Array.from(text).length >= leastCharacters
    ? null
    : `Use at least ${leastCharacters} characters; several words that do not belong together are best.`;
}
