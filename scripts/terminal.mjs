const live = process.stderr.isTTY && !process.env["CI"];
const quietInterval = 20_000;

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A line on the terminal that shows what is going on, and for how long. */
export class Progress {
  #title;
  #detail = "";
  #started = Date.now();
  /** @type {NodeJS.Timeout} */
  #timer;

  /** @param {string} title */
  constructor(title) {
    this.#title = title;
    if (!live) say(`  ${title} …`);
    this.#timer = setInterval(() => this.#draw(), live ? 200 : quietInterval);
    this.#timer.unref();
  }

  /** @param {string} text the newest line of output */
  detail(text) {
    const line = text.trim();
    if (line) this.#detail = line;
  }

  done() {
    this.#end(`✓ ${this.#title} (${duration(Date.now() - this.#started)})`);
  }

  failed() {
    this.#end(`✗ ${this.#title} (${duration(Date.now() - this.#started)})`);
  }

  #draw() {
    const text = `  ${this.#title} … ${duration(Date.now() - this.#started)}  ${this.#detail}`;
    if (live) process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    else say(text.slice(0, 160));
  }

  /** @param {string} line */
  #end(line) {
    clearInterval(this.#timer);
    if (live) process.stderr.write("\r\x1b[2K");
    say(line);
  }
}

/**
 * Shows `title` while `work` runs.
 * @template T
 * @param {string} title
 * @param {(progress: Progress) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function showing(title, work) {
  const progress = new Progress(title);
  try {
    const result = await work(progress);
    progress.done();
    return result;
  } catch (thrown) {
    progress.failed();
    throw thrown;
  }
}
