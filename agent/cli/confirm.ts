import { createInterface } from "node:readline/promises";
import { ForkpointError } from "../protocol/errors.ts";

/**
 * Asks a person on the terminal; only "y" and "yes" are consent.
 * @throws ForkpointError BAD_REQUEST where nobody can be asked, CANCELLED unless the answer is yes
 */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new ForkpointError("BAD_REQUEST", "There is no terminal on which you could be asked.", {
      hint: "Use --yes to agree beforehand.",
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The end of the input is an answer too, and not yes.
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), closed]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new ForkpointError("CANCELLED", "Nothing was changed.");
  } finally {
    terminal.close();
  }
}
