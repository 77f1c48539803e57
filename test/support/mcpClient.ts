import { text } from "node:stream/consumers";
import type { Stream } from "node:stream";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import {
  ElicitRequestSchema,
  type CallToolResult,
  type ElicitRequest,
  type ElicitResult,
} from "@modelcontextprotocol/sdk/types.js";
import { errorKey } from "../../agent/cli/mcp/toolResult.ts";
import type { ErrorBody } from "../../agent/protocol/errors.ts";
import { commandScript } from "./programs.ts";

/** How `forkpoint mcp` is started as a client would. */
export function mcpProcess(home: string, args: readonly string[]) {
  return {
    command: process.execPath,
    args: [commandScript, "mcp", ...args],
    env: { ...(process.env as Record<string, string>), FORKPOINT_HOME: home },
  };
}

/** A client of a real `forkpoint mcp`; `end` closes its stdin and waits for it. */
export class McpClient {
  readonly client: Client;
  /** The questions that were asked of the person. */
  readonly questions: string[] = [];
  readonly #transport: StdioClientTransport;
  /** All that it said on stderr. */
  readonly said: Promise<string>;

  private constructor(client: Client, transport: StdioClientTransport) {
    this.client = client;
    this.#transport = transport;
    this.said = text(transport.stderr as Stream & NodeJS.ReadableStream);
  }

  /** @param options.person what the person answers, until the question is withdrawn; without one the client cannot ask */
  static async start(
    home: string,
    options: {
      args?: readonly string[];
      cwd: string;
      env?: Readonly<Record<string, string>>;
      person?: (signal: AbortSignal) => ElicitResult | Promise<ElicitResult>;
    },
  ): Promise<McpClient> {
    const { args = [], cwd, env, person } = options;
    const capabilities = person ? { elicitation: { form: {} } } : {};
    const client = new Client({ name: "test", version: "1.0.0" }, { capabilities });
    const server = mcpProcess(home, args);
    const transport = new StdioClientTransport({
      ...server,
      ...{ env: { ...server.env, ...env }, cwd, stderr: "pipe" as const },
    });
    const mcp = new McpClient(client, transport);
    if (person) {
      client.setRequestHandler(ElicitRequestSchema, ({ params }: ElicitRequest, { signal }) => {
        mcp.questions.push(params.message);
        return person(signal);
      });
    }
    await client.connect(transport);
    // The results are from here on checked against what the tools say of them.
    await client.listTools();
    return mcp;
  }

  async result<T>(name: string, args: Record<string, unknown> = {}): Promise<T & { said: string }> {
    const { isError, structuredContent, content } = await this.#call(name, args);
    const said = content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    if (isError) throw new Error(`${name} failed: ${said}`);
    return { ...(structuredContent as T), said };
  }

  /** The error of a call that fails. */
  async error(name: string, args: Record<string, unknown> = {}): Promise<ErrorBody & { said: string }> {
    const { isError, content, _meta } = await this.#call(name, args);
    const said = content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    if (!isError) throw new Error(`${name} did not fail: ${said}`);
    const body = _meta?.[errorKey] as ErrorBody;
    for (const part of [body.code, body.message, body.hint])
      if (part === "" || !said.includes(part)) throw new Error(`an error without words: ${said}`);
    return { ...body, said };
  }

  async end(): Promise<void> {
    await this.client.close();
  }

  get pid(): number {
    return this.#transport.pid ?? -1;
  }

  async #call(name: string, args: Record<string, unknown>): Promise<CallToolResult> {
    return (await this.client.callTool({ name, arguments: args })) as CallToolResult;
  }
}
