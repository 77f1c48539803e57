import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { ForkpointError } from "../../protocol/errors.ts";

/** A person may be away; the client's own patience ends the call sooner. */
const answerWithinMs = 24 * 60 * 60 * 1000;

/** The person in front of the client, as far as the client lets us ask (MCP's "elicitation"). */
export class Person {
  readonly #server: McpServer["server"];

  constructor(server: McpServer["server"]) {
    this.#server = server;
  }

  /** @throws ForkpointError NOBODY_TO_ASK */
  require(): void {
    if (this.#server.getClientCapabilities()?.elicitation?.form) return;
    throw new ForkpointError("NOBODY_TO_ASK", "A restore asks a person first, and this client cannot ask.");
  }

  /**
   * Asks; only a yes that was said in so many words is consent.
   * @param agree what the person agrees to, as the words beside a box to tick
   * @throws ForkpointError NOBODY_TO_ASK, CANCELLED
   */
  async confirm(
    { message, agree }: { readonly message: string; readonly agree: string },
    signal: AbortSignal,
  ): Promise<void> {
    this.require();
    const { action, content } = await this.#server
      .elicitInput(
        {
          message,
          requestedSchema: {
            type: "object",
            properties: { agreed: { type: "boolean", title: agree } },
            required: ["agreed"],
          },
        },
        { signal, timeout: answerWithinMs },
      )
      .catch((cause: unknown): never => {
        throw new ForkpointError("CANCELLED", "The person could not be asked.", { cause });
      });
    if (action === "accept" && content?.["agreed"] === true) return;
    throw new ForkpointError("CANCELLED", "The person did not agree.", {
      hint: "Nothing was changed. Do not ask again unless the person wishes it.",
    });
  }
}
