import type { Readable, Writable } from "node:stream";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type CallToolResult,
  type ServerNotification,
  type ServerRequest,
  type Tool as ListedTool,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { CliContext } from "../cliContext.ts";
import { instructions } from "./instructions.ts";
import { McpTurns } from "./mcpTurns.ts";
import { Person } from "./person.ts";
import { ProgressReports } from "./progressReports.ts";
import type { ServedProject } from "./servedProject.ts";
import type { Tool } from "./tool.ts";
import type { ToolCall } from "./toolCall.ts";
import { answered, failed } from "./toolResult.ts";
import { tools } from "./toolTable.ts";

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** The Model Context Protocol between a client on a pair of streams and the agent, for one project. */
export class McpService {
  readonly #context: CliContext;
  readonly #served: ServedProject;
  readonly #restoresFreely: boolean;
  readonly #mcp: McpServer;
  readonly #person: Person;
  /** null where turns are not wanted. */
  readonly #turns: McpTurns | null;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<CallToolResult>>();

  /** @param options.turns whether the states before and after each turn of the assistant are kept */
  constructor(options: {
    context: CliContext;
    served: ServedProject;
    restoresFreely: boolean;
    turns: boolean;
  }) {
    const { context, served, restoresFreely, turns } = options;
    this.#context = context;
    this.#served = served;
    this.#restoresFreely = restoresFreely;
    this.#mcp = new McpServer(
      { name: "forkpoint", title: "Forkpoint", version: context.launch.version },
      { instructions: instructions(served.fork, restoresFreely, turns) },
    );
    const { server } = this.#mcp;
    this.#person = new Person(server);
    const client = () => server.getClientVersion()?.title ?? server.getClientVersion()?.name;
    const signal = AbortSignal.any([context.signal, this.#closing.signal]);
    this.#turns = turns ? new McpTurns({ context, served, client, signal }) : null;
    // Not the McpServer's own dispatch: that answers wrong arguments without a code and a hint.
    server.registerCapabilities({ tools: {} });
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(listed) }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
      const found = tools.find(({ name }) => name === params.name);
      if (!found) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}.`);
      return this.#run(found, params.arguments ?? {}, extra);
    });
    server.onerror = (error) => context.terminal.printError(`mcp: ${error.message}`);
  }

  /** Answers until the input ends or the command is stopped; calls under way are then taken back. */
  async serve(input: Readable, output: Writable): Promise<void> {
    const { signal } = this.#context;
    const ended = new Promise<void>((resolve) => {
      for (const event of ["end", "close", "error"]) input.once(event, () => resolve());
      signal.addEventListener("abort", () => resolve(), { once: true });
      this.#mcp.server.onclose = resolve;
      if (signal.aborted) resolve();
    });
    await this.#mcp.connect(new StdioServerTransport(input, output));
    await ended;
    this.#closing.abort();
    await this.#mcp.close();
    await Promise.all(this.#running);
    await this.#turns?.end();
  }

  #run(found: Tool, args: unknown, extra: Extra): Promise<CallToolResult> {
    const answer = () => found.answer(args, this.#call(extra));
    const result = (this.#turns?.during(answer) ?? answer()).then(answered, failed);
    this.#running.add(result);
    void result.then(() => this.#running.delete(result));
    return result;
  }

  #call(extra: Extra): ToolCall {
    const signal = AbortSignal.any([extra.signal, this.#context.signal]);
    const onProgress = progressTo(extra);
    const agent: ToolCall["agent"] = async (method, params) => {
      const client = await this.#context.connect();
      return client.call(method, params, { signal, onProgress });
    };
    return {
      agent,
      project: () => this.#served.find({ call: agent }),
      restoresFreely: this.#restoresFreely,
      requirePerson: () => this.#person.require(),
      confirm: (question) => this.#person.confirm(question, signal),
    };
  }
}

/** What tells the client how far a call is; undefined when it did not ask. */
function progressTo({ _meta, sendNotification }: Extra) {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  const reports = new ProgressReports();
  return (progress: Parameters<ProgressReports["next"]>[0]) => {
    const report = reports.next(progress);
    if (!report) return;
    // A client that is gone needs no progress.
    sendNotification({ method: "notifications/progress", params: { progressToken, ...report } }).catch(
      () => undefined,
    );
  };
}

function listed({ name, title, description, hints, input, output }: Tool): ListedTool {
  return {
    ...{ name, title, description },
    inputSchema: {
      ...z.toJSONSchema(input, { target: "draft-7", io: "input" }),
      type: "object",
    } as ListedTool["inputSchema"],
    outputSchema: { ...z.toJSONSchema(output, { target: "draft-7" }), type: "object" } as NonNullable<
      ListedTool["outputSchema"]
    >,
    annotations: { ...hints, openWorldHint: false },
  };
}
