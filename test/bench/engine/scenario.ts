import { spawnSync } from "node:child_process";
import type { Engine, Spent } from "./engine.ts";
import { ourName } from "./forkpointEngine.ts";
import { coldCache } from "./measured.ts";

/** One row of the table: what each engine took. */
export interface Row {
  readonly scenario: string;
  readonly step: string;
  readonly unit: "s" | "bytes";
  /** By the engine's name, in the order of the runs. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** Steps on one folder, each done by one engine after the other, and what they took. */
export class Scenario {
  readonly rows: Row[] = [];
  readonly #name: string;
  readonly #engines: readonly Engine[];
  readonly #peaks = new Map<string, number>();

  constructor(name: string, engines: readonly Engine[]) {
    this.#name = name;
    this.#engines = engines;
  }

  /** @param before changes the folder before each run; everything is written out afterwards */
  async push(
    step: string,
    { runs = 1, before = () => {} }: { runs?: number; before?: (run: number) => unknown } = {},
  ) {
    const stored = await this.#stored();
    await this.#each(step, runs, before, (engine) => engine.push());
    const grown = await this.#stored();
    this.rows.push({
      scenario: this.#name,
      step: `${step}: bytes added`,
      unit: "bytes",
      values: Object.fromEntries(
        this.#engines.map(({ name }) => [name, [((grown.get(name) ?? 0) - (stored.get(name) ?? 0)) / runs]]),
      ),
    });
  }

  async pushFork(step: string) {
    const stored = await this.#stored();
    const able = this.#engines.filter((engine) => engine.pushFork);
    await this.#each(
      step,
      1,
      () => {},
      (engine) => engine.pushFork?.() ?? engine.push(),
      able,
    );
    const grown = await this.#stored();
    const values = able.map(
      ({ name }) => [name, [(grown.get(name) ?? 0) - (stored.get(name) ?? 0)]] as const,
    );
    this.rows.push({
      scenario: this.#name,
      step: `${step}: bytes added`,
      unit: "bytes",
      values: Object.fromEntries(values),
    });
  }

  /** Rebuilds the newest copy and, where nothing writes to it, compares it with the folder. */
  async pull(step: string, from: "empty" | "relative", folder: string | null) {
    await this.#each(
      step,
      1,
      () => {},
      async (engine) => {
        const pulled = await (from === "empty" ? engine.pull() : engine.pullOnto());
        const isInto = from === "relative" && engine.name !== ourName;
        if (folder !== null) assertSame(folder, pulled.path, { isInto });
        return pulled;
      },
    );
  }

  async finish() {
    const stored = await this.#stored();
    const values = (of: ReadonlyMap<string, number>) =>
      Object.fromEntries([...of].map(([name, value]) => [name, [value]]));
    this.rows.push({
      scenario: this.#name,
      step: "bytes stored in all",
      unit: "bytes",
      values: values(stored),
    });
    this.rows.push({ scenario: this.#name, step: "peak memory", unit: "bytes", values: values(this.#peaks) });
  }

  async #each(
    step: string,
    runs: number,
    before: (run: number) => unknown,
    work: (engine: Engine) => Promise<Spent>,
    engines = this.#engines,
  ) {
    const values = new Map<string, number[]>(engines.map(({ name }) => [name, []]));
    for (let run = 0; run < runs; run++) {
      await before(run);
      for (const engine of engines) {
        process.stderr.write(`  ${this.#name}: ${step}, ${engine.name} …\n`);
        await coldCache();
        const { seconds, peakBytes } = await work(engine);
        process.stderr.write(`    ${seconds.toFixed(2)} s, ${(peakBytes / 1e6).toFixed(0)} MB of memory\n`);
        values.get(engine.name)?.push(seconds);
        this.#peaks.set(engine.name, Math.max(this.#peaks.get(engine.name) ?? 0, peakBytes));
      }
    }
    this.rows.push({ scenario: this.#name, step, unit: "s", values: Object.fromEntries(values) });
  }

  async #stored(): Promise<Map<string, number>> {
    const stored = new Map<string, number>();
    for (const engine of this.#engines) stored.set(engine.name, await engine.storedBytes());
    return stored;
  }
}

/** @param isInto whether it was restored into a folder: others leave there what the copy lacks, and links that lead elsewhere */
function assertSame(folder: string, pulled: string, { isInto }: { readonly isInto: boolean }): void {
  const args = ["--recursive", "--brief", "--no-dereference", folder, pulled];
  const { stdout, status } = spawnSync("diff", args, { encoding: "utf8", maxBuffer: 2 ** 30 });
  const lines = stdout.split("\n").filter((line) => line !== "");
  const isLeft = (line: string) => line.startsWith(`Only in ${pulled}`) || line.startsWith("Symbolic links ");
  const wrong = isInto ? lines.filter((line) => !isLeft(line)) : lines;
  if (status === null || status > 1 || wrong.length > 0) {
    throw new Error(`${pulled} is not what was pushed: ${wrong.slice(0, 5).join("; ")}`);
  }
}
