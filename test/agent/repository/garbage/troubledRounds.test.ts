import assert from "node:assert/strict";
import { repositoryKinds } from "../../../support/repositoryKinds.ts";
import { round } from "./rig/round.ts";

const rounds = Number(process.env["FORKPOINT_TROUBLE_ROUNDS"] ?? 8);
const first = Number(process.env["FORKPOINT_TROUBLE_SEED"] ?? 1);

for (const kind of repositoryKinds) {
  describe(`two machines with ${kind.name} whose store fails, hangs, and answers wrongly`, function () {
    this.timeout(0);

    it(`lose nothing that was called stored, in ${rounds} rounds`, async () => {
      const sum = { restored: 0, dropped: 0, collected: 0 };
      const faults: Record<string, number> = {};
      for (let seed = first; seed < first + rounds; seed++) {
        try {
          const outcome = await round(kind, seed, { troubled: true });
          sum.restored += outcome.restored;
          sum.dropped += outcome.dropped;
          sum.collected += outcome.collected;
          for (const [fault, hits] of Object.entries(outcome.faults))
            faults[fault] = (faults[fault] ?? 0) + hits;
        } catch (thrown) {
          throw new Error(`FORKPOINT_TROUBLE_SEED=${seed} FORKPOINT_TROUBLE_ROUNDS=1`, { cause: thrown });
        }
      }
      // It was worth the while.
      for (const [what, times] of Object.entries({ ...sum, ...faults })) {
        assert.ok(times > rounds / 4, `${what}: ${times}`);
      }
    });
  });
}
