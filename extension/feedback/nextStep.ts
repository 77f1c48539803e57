import type { CommandId } from "../commands/commandTitles.ts";

/** Thrown by a command whose precondition is missing: says what to do, with the commands that do it. */
export class NextStep extends Error {
  readonly actions: readonly CommandId[];

  constructor(message: string, ...actions: CommandId[]) {
    super(message);
    this.name = "NextStep";
    this.actions = actions;
  }
}

/** Thrown when a person closed a question. Nothing is shown: they know. */
export class Dismissed extends Error {
  constructor() {
    super("Dismissed.");
    this.name = "Dismissed";
  }
}
