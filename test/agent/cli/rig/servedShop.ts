import type { Handlers } from "../../../../agent/server/handlers.ts";
import { ranCli, type RanCli } from "../../../support/ranCli.ts";
import { ServedHandlers } from "../../../support/servedHandlers.ts";
import { projectAnswers } from "./projectAnswers.ts";
import { storeAnswers } from "./storeAnswers.ts";
import { timelineAnswers } from "./timelineAnswers.ts";

/** The command in a folder of a shop whose agent always answers the same, in UTC. */
export class ServedShop {
  readonly #served: ServedHandlers;
  readonly #zone = process.env["TZ"];
  readonly #asked: { readonly method: string; readonly params: unknown }[];

  private constructor(served: ServedHandlers, asked: { method: string; params: unknown }[]) {
    this.#served = served;
    this.#asked = asked;
    process.env["TZ"] = "UTC";
  }

  static async start(): Promise<ServedShop> {
    const asked: { method: string; params: unknown }[] = [];
    const answers = Object.entries({ ...projectAnswers, ...timelineAnswers, ...storeAnswers });
    const recorded = answers.map(([method, handler]) => [
      method,
      (params: never, call: never) => {
        asked.push({ method, params });
        return handler(params, call);
      },
    ]);
    return new ServedShop(
      await ServedHandlers.start(Object.fromEntries(recorded) as Partial<Handlers>),
      asked,
    );
  }

  get home(): string {
    return this.#served.home;
  }

  /** Runs a command line, whose words have no spaces. */
  run(line: string, options: { tty?: boolean; env?: NodeJS.ProcessEnv } = {}): Promise<RanCli> {
    return ranCli(line.split(" "), { home: this.home, cwd: "/pool/projects/shop/src", ...options });
  }

  /** What a command line asks the agent by a method the first time; undefined when it does not. */
  async asks(method: string, line: string): Promise<unknown> {
    this.#asked.length = 0;
    await this.run(line);
    return this.#asked.find((call) => call.method === method)?.params;
  }

  async stop(): Promise<void> {
    if (this.#zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = this.#zone;
    await this.#served.stop();
  }
}
