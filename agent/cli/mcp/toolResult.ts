import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { errorBody } from "../../protocol/errors.ts";
import { oneLine } from "../oneLine.ts";
import type { Answer } from "./tool.ts";

/** Where programs find the error of a failed call: code, message, hint and details. */
export const errorKey = "forkpoint/error";

export function answered({ text, result }: Answer<Record<string, unknown>>): CallToolResult {
  return { content: [{ type: "text", text }], structuredContent: result };
}

/** A failed call. Its structured form is beside the result, which has to be as the tool's output schema says. */
export function failed(thrown: unknown): CallToolResult {
  const body = errorBody(thrown);
  const details = body.details === undefined ? [] : [`Details: ${oneLine(JSON.stringify(body.details))}`];
  const text = [`${body.message} [${body.code}]`, ...details, `Hint: ${body.hint}`].join("\n");
  return { isError: true, content: [{ type: "text", text }], _meta: { [errorKey]: body } };
}
