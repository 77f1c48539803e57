import { appendFileSync, renameSync, statSync } from "node:fs";
import { systemClock } from "../host/clock.ts";

const mostBytes = 4 * 1024 * 1024;

/** Adds one line of JSON for a call to the log, which is root's to read. One older file is kept. */
export function logCall(file: string, entry: Readonly<Record<string, unknown>>): void {
  const time = new Date(systemClock.now()).toISOString();
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > mostBytes) renameSync(file, `${file}.1`);
  appendFileSync(file, `${JSON.stringify({ time, ...entry })}\n`, { mode: 0o600 });
}
