import { z } from "zod";
import { ForkpointError } from "../../protocol/errors.ts";
import type { ToolCall } from "./toolCall.ts";

/** What is promised of a tool beforehand, so that a client knows when to ask a person. */
export interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
}

export interface Answer<T> {
  /** The same as `result`, as a person or a model reads it. */
  readonly text: string;
  readonly result: T;
}

export interface ToolDefinition<In extends z.ZodObject, Out extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hints: ToolHints;
  readonly input: In;
  readonly output: Out;
  run(input: z.output<In>, call: ToolCall): Promise<Answer<z.input<Out>>>;
}

/** A tool whatever it takes and gives. */
export interface Tool extends Omit<ToolDefinition<z.ZodObject, z.ZodObject>, "run"> {
  /** @throws ForkpointError BAD_REQUEST for arguments that are not as `input` says, and what the tool throws */
  readonly answer: (args: unknown, call: ToolCall) => Promise<Answer<Record<string, unknown>>>;
}

/** Puts the check of its arguments in front of a tool. */
export function tool<In extends z.ZodObject, Out extends z.ZodObject>(
  definition: ToolDefinition<In, Out>,
): Tool {
  const { name, title, description, hints, input, output } = definition;
  return {
    ...{ name, title, description, hints, input, output },
    answer: async (args, call) => {
      const checked = input.safeParse(args);
      if (checked.success) return definition.run(checked.data, call);
      throw new ForkpointError("BAD_REQUEST", `The arguments of ${name} are not right.`, {
        hint: z.prettifyError(checked.error),
      });
    },
  };
}
