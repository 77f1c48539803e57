import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";

const keptFiles = 3;
const secretField = /token|secret|password|passphrase|authorization|credential|accesskey/i;

/** Writes one JSON object a line, and starts a new file when the present one is full. */
export class FileLog implements Log {
  readonly file: string;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  #descriptor: number;
  #bytes: number;

  constructor(file: string, clock: Clock, maxBytes = 5 * 1024 * 1024) {
    this.file = file;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#descriptor = openSync(file, "a", 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  info(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#write("error", message, fields);
  }

  /** The newest lines, oldest first. */
  tail(lines: number): string[] {
    const kept: string[] = [];
    for (const file of [this.file, ...rotated(this.file)]) {
      kept.unshift(...linesOf(file));
      if (kept.length >= lines) break;
    }
    return kept.slice(-lines);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const time = new Date(this.#clock.now()).toISOString();
    const line = `${JSON.stringify({ time, level, message, ...fields }, withoutSecrets)}\n`;
    if (this.#bytes > 0 && this.#bytes + Buffer.byteLength(line) > this.#maxBytes) this.#rotate();
    this.#bytes += writeSync(this.#descriptor, line);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    const files = [this.file, ...rotated(this.file)];
    for (let at = files.length - 1; at > 0; at--) {
      const [older, newer] = [files[at], files[at - 1]];
      if (older !== undefined && newer !== undefined) renameIfThere(newer, older);
    }
    this.#descriptor = openSync(this.file, "a", 0o600);
    this.#bytes = 0;
  }
}

/** The older files, newest first. */
function rotated(file: string): string[] {
  return Array.from({ length: keptFiles - 1 }, (_, at) => `${file}.${at + 1}`);
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw thrown;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
  }
}

function isMissing(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).code === "ENOENT";
}

function withoutSecrets(key: string, value: unknown): unknown {
  if (secretField.test(key)) return "(hidden)";
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return typeof value === "bigint" ? value.toString() : value;
}
