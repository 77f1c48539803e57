import * as vscode from "vscode";
import type { Progress } from "../../agent/protocol/events.ts";
import { progressLine, progressPercent } from "../wording/progress.ts";

/** What a running call is given: how it learns that it should stop, and where it says how far it is. */
export interface OperationCall {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Work that is done before this many milliseconds shows no notification; one that flashes says nothing. */
const quietMs = 400;

/**
 * Runs a long call with a notification that tells its progress and rate and can cancel it. The promise
 * settles as the call does; a cancelled call rejects with what the agent answers, usually CANCELLED.
 */
export async function longOperation<T>(title: string, run: (call: OperationCall) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let listener: (progress: Progress) => void = () => undefined;
  let latest: Progress | undefined;
  const work = run({
    signal: abort.signal,
    onProgress: (progress) => {
      latest = progress;
      listener(progress);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<"quiet">((resolve) => {
    timer = setTimeout(() => resolve("quiet"), quietMs);
  });
  const first = await Promise.race([work.then(settled, settled), quiet]);
  clearTimeout(timer);
  if (first === "settled") return work;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (notification, token) => {
      token.onCancellationRequested(() => abort.abort());
      let shown = 0;
      listener = (progress) => {
        const percent = progressPercent(progress) ?? 0;
        const increment = Math.max(0, percent - shown);
        shown += increment;
        notification.report({ message: progressLine(progress), increment });
      };
      if (latest) listener(latest);
      return work;
    },
  );
}

function settled(): "settled" {
  return "settled";
}
