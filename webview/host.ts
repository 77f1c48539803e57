import type { z } from "zod";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The extension behind this page. Messages of another form than agreed are dropped, in both directions. */
export class Host<In, Out> {
  readonly #api: VsCodeApi;
  readonly #outgoing: z.ZodType<Out>;

  /** @param receive called with every message of the agreed form */
  constructor(incoming: z.ZodType<In>, outgoing: z.ZodType<Out>, receive: (message: In) => void) {
    this.#api = acquireVsCodeApi();
    this.#outgoing = outgoing;
    window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const message = incoming.safeParse(data);
      if (message.success) receive(message.data);
      else console.warn("A message of no known form arrived.", message.error.message);
    });
  }

  post(message: Out): void {
    this.#api.postMessage(this.#outgoing.parse(message));
  }

  /** A text this page left for itself before it was hidden; null when there is none. */
  remembered(): string | null {
    const state = this.#api.getState();
    return typeof state === "string" ? state : null;
  }

  remember(text: string | null): void {
    this.#api.setState(text);
  }
}
