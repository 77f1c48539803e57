import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlobStore } from "../../../../agent/blobstore/blobStore.ts";
import { DirectoryBlobStore } from "../../../../agent/blobstore/directoryBlobStore.ts";
import { systemClock } from "../../../../agent/host/clock.ts";
import { cephServer } from "../../../support/cephServer.ts";
import { s3Store } from "../../blobstore/rig/s3Rig.ts";
import { AgedStore } from "./rig/agedStore.ts";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";
import { type RepositoryKind, repositoryKinds } from "../../../support/repositoryKinds.ts";
import { seededRandom } from "../../../support/randomEdits.ts";
import { graceMs, hourMs, SimulatedMachine } from "./rig/simulation.ts";
import type { Folders } from "./rig/smallSnapshot.ts";
import { Steps } from "./rig/steppedStore.ts";

const rounds = Number(process.env["FORKPOINT_GC_ROUNDS"] ?? 40);
const first = Number(process.env["FORKPOINT_GC_SEED"] ?? 1);
const last = 2;
const policy = { days: 0, last, daily: 0, weekly: 0, monthly: 0 };
/** Requests that follow a look at the record at once; no machine sleeps for days in between. */
const isPrompt = (request: string) => /^(put index|delete)/.test(request);

for (const kind of repositoryKinds) {
  describe(`pushes and collections of ${kind.name} at the same time`, function () {
    suite.call(this, kind);
  });
}

function suite(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(600_000);

  it(`lose nothing that was called stored, in ${rounds} rounds in which any is killed anywhere`, async () => {
    const sum = { restored: 0, dropped: 0, collected: 0 };
    for (let seed = first; seed < first + rounds; seed++) {
      try {
        const { restored, dropped, collected } = await round(kind, seed);
        sum.restored += restored;
        sum.dropped += dropped;
        sum.collected += collected;
      } catch (thrown) {
        throw new Error(`FORKPOINT_GC_SEED=${seed} FORKPOINT_GC_ROUNDS=1`, { cause: thrown });
      }
    }
    // It was worth the while.
    assert.ok(sum.dropped > rounds, `${sum.dropped} snapshots dropped`);
    assert.ok(sum.collected > rounds, `${sum.collected} packs deleted`);
    assert.ok(sum.restored > rounds * 2, `${sum.restored} snapshots restored`);
  });

  it("lose nothing in a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "forkpoint-gc-store-"));
    try {
      for (let seed = 1; seed <= 3; seed++) {
        const path = join(folder, String(seed));
        const place = new DirectoryBlobStore({ path, url: `dir://${path}`, clock: systemClock });
        await place.setUp();
        assert.ok((await round(kind, seed, place)).restored > 0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("lose nothing in a bucket", async () => {
    const ceph = await cephServer();
    for (let seed = 1; seed <= 2; seed++) {
      const where = { bucket: await ceph.makeBucket(), endpoint: ceph.endpoint, prefix: "gc" };
      assert.ok((await round(kind, seed, s3Store(where, ceph.credentials))).restored > 0);
    }
  });
}

async function round(kind: RepositoryKind, seed: number, place: BlobStore = new MemoryBlobStore()) {
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
  const machines = ["a", "b"].map(
    (name) =>
      new SimulatedMachine(name, {
        ...{ below: store, kind, steps, random, now: () => now },
        skew: (below(3) - 1) * graceMs,
      }),
  );
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
    }
    await machine.keep();
  };
  const tidy = async (machine: SimulatedMachine) => {
    for (let turn = 0; turn < 14; turn++) await machine.collect(policy);
  };
  try {
    await steps.run(machines.flatMap((machine) => [life(machine), tidy(machine)]));
    // What a killed one left is finished by the next, with the same result.
    steps.killRate = 0;
    await steps.run(machines.map((machine) => machine.keep()));
    const [one] = machines;
    for (let turn = 0; turn < 3; turn++) {
      now += 2 * graceMs;
      if (one) await steps.run([one.collect(policy, { mustSucceed: true })]);
    }
    let restored = 0;
    let dropped = 0;
    for (const machine of machines) {
      const found = await machine.check(last);
      restored += found.restored;
      dropped += found.dropped;
    }
    return { restored, dropped, collected: store.deletedPacks };
  } finally {
    for (const machine of machines) machine.close();
  }
}
