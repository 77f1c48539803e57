import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ForkpointError } from "../protocol/errors.ts";

/**
 * A line that a person types, which is shown nowhere.
 * @param prompt asks for it, once nothing that is typed can be seen
 * @throws ForkpointError CANCELLED on Ctrl-C, or when the input ends
 */
export async function readHidden(input: NodeJS.ReadStream, prompt: () => void): Promise<string> {
  // What readline echoes goes nowhere; in raw mode the terminal itself echoes nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  prompt();
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancelled = () => reject(new ForkpointError("CANCELLED", "Nothing was typed."));
      lines.once("line", resolve).once("SIGINT", cancelled).once("close", cancelled);
    });
  } finally {
    lines.close();
  }
}
