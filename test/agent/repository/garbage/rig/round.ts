import type { BlobStore } from "../../../../../agent/blobstore/blobStore.ts";
import { MemoryBlobStore } from "../../../../support/memoryBlobStore.ts";
import { seededRandom } from "../../../../support/randomEdits.ts";
import type { RepositoryKind } from "../../../../support/repositoryKinds.ts";
import { AgedStore } from "./agedStore.ts";
import { Disturbance } from "./disturbedStore.ts";
import { graceMs, hourMs, SimulatedMachine } from "./simulation.ts";
import type { Folders } from "./smallSnapshot.ts";
import { Steps } from "./steppedStore.ts";

/** How many of the newest snapshots of a project stay in any case. */
const last = 2;
const policy = { days: 0, last, daily: 0, weekly: 0, monthly: 0 };
/** Requests that follow a look at the record at once; no machine sleeps for days in between. */
const isPrompt = (request: string) => /^(put index|delete)/.test(request);

export interface RoundOutcome {
  /** Snapshots that were called stored and restored, and those that were rightly deleted. */
  readonly restored: number;
  readonly dropped: number;
  /** Packs that were deleted. */
  readonly collected: number;
  readonly faults: Disturbance["hits"];
}

/**
 * Two machines push, keep and tidy at the same time, in an order that the seed gives. A third pushes, is killed often,
 * and never comes back.
 * @param options.troubled whether their store fails and hangs, too, and they verify, mend, pull and forget
 */
export async function round(
  kind: RepositoryKind,
  seed: number,
  { place = new MemoryBlobStore(), troubled = false }: { place?: BlobStore; troubled?: boolean } = {},
): Promise<RoundOutcome> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const store = new AgedStore(place, () => Math.floor(now / 1000) * 1000);
  let now = 1_700_000_000_000;
  const steps = new Steps(random);
  steps.killRate = below(3) === 0 ? 0 : 0.004;
  steps.sleepRate = below(2) === 0 ? 0.01 : 0.04;
  steps.maySleep = (request) => !isPrompt(request);
  steps.beforeStep = (pending) => {
    if (pending.some(isPrompt)) return;
    now += below(20) === 0 ? below(3) * graceMs : below(hourMs / 2);
  };
  const disturbance = new Disturbance(seededRandom(seed + 1_000_000));
  if (troubled) disturbance.rate = [0.01, 0.03, 0.08][below(3)] ?? 0;
  const [one, other, lost] = (["a", "b", "lost"] as const).map(
    (name) =>
      new SimulatedMachine(name, {
        ...{ below: store, kind, steps, random, now: () => now, disturbance },
        skew: (below(3) - 1) * graceMs,
      }),
  );
  if (!one || !other || !lost) throw new Error("there are three machines");
  const machines = [one, other];
  /** Few contents, so that the machines often have the same, and what was gone comes again. */
  const contents = Array.from({ length: 12 }, (_, at) => Buffer.alloc(40 + at * 50, `content ${at} `));
  const folders = (): Folders =>
    new Map(
      Array.from({ length: 1 + below(3) }, (_, folder) => [
        `folder${folder}`,
        new Map(
          Array.from({ length: below(3) }, (__, file) => [
            `file${file}`,
            contents[below(contents.length)] ?? Buffer.alloc(1),
          ]),
        ),
      ]),
    );
  const life = async (machine: SimulatedMachine) => {
    for (let turn = 0; turn < 8; turn++) {
      await machine.push(folders());
      if (below(2) === 0) await machine.keep();
      if (troubled) await care(machine);
    }
    await machine.keep();
  };
  const lifeOfLost = async () => {
    for (let turn = 0; turn < 8; turn++) await lost.push(folders(), { isLast: true });
  };
  const care = async (machine: SimulatedMachine) => {
    const what = below(5);
    if (what === 0) await machine.verify();
    else if (what === 1) await machine.repair();
    else if (what === 2) machine.forget();
    else if (what === 3) await machine.pull();
  };
  const tidy = async (machine: SimulatedMachine) => {
    for (let turn = 0; turn < 14; turn++) await machine.collect(policy);
  };
  try {
    await steps.run([lifeOfLost(), ...machines.flatMap((machine) => [life(machine), tidy(machine)])]);
    lost.vanish();
    // What a killed one left is finished by the next, with the same result.
    steps.killRate = 0;
    disturbance.rate = 0;
    await steps.run(machines.map((machine) => machine.keep()));
    for (let turn = 0; turn < 3; turn++) {
      now += 2 * graceMs;
      await steps.run([one.collect(policy, { mustSucceed: true })]);
    }
    let restored = 0;
    let dropped = 0;
    for (const machine of machines) {
      const found = await machine.check(last);
      restored += found.restored;
      dropped += found.dropped;
    }
    // What it left half done counts among the newest of its project, and may be its head.
    await lost.check(0);
    return { restored, dropped, collected: store.deletedPacks, faults: disturbance.hits };
  } finally {
    for (const machine of [...machines, lost]) machine.close();
  }
}
