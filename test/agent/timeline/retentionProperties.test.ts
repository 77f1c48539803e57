import assert from "node:assert/strict";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import { newEntry } from "../../../agent/catalog/newEntry.ts";
import type { Cause } from "../../../agent/protocol/entry.ts";
import type { RetentionRules } from "../../../agent/protocol/retention.ts";
import { planRetention } from "../../../agent/timeline/retention.ts";

const hour = 3_600_000;
const seeds = Array.from({ length: 60 }, (_, at) => at + 1);
const causes: readonly Cause[] = ["manual", "timer", "install", "assistant", "restore", "guard"];
const counted = [
  "maxSnapshots",
  "keepHours",
  "keepDays",
  "keepWeeks",
  "keepMonths",
  "keepAssistantDays",
] as const satisfies (keyof RetentionRules)[];

/** A history whose clock is set wrong now and then, its rules, and what lies outside of them. */
class Scene {
  readonly below: (most: number) => number;
  readonly rules: RetentionRules;
  /** Newest first. */
  entries: EntryRow[] = [];
  head: string | null = null;
  turns: { beforeId: string; afterId: string | null }[] = [];
  #now = Date.UTC(2026, 0, 1);
  #seq = 0;

  constructor(seed: number) {
    let state = seed;
    this.below = (most) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * most);
    };
    const { below } = this;
    this.rules = {
      maxSnapshots: 1 + below(8),
      keepHours: below(8),
      keepDays: below(8),
      keepWeeks: below(5),
      keepMonths: below(5),
      keepAssistantDays: below(4),
      keepNamed: below(2) === 0,
    };
    for (let count = 0; count < 150; count++) this.add();
  }

  add(): void {
    const { below } = this;
    this.#now += below(9 * hour);
    if (below(40) === 0) this.#now += (below(2) === 0 ? -1 : 1) * below(4000) * 24 * hour;
    const cause = causes[below(causes.length)] ?? "manual";
    const snapshotId = `s${++this.#seq}`;
    const entry = newEntry({
      ...{ snapshotId, projectId: "p", parentId: this.head, cause, author: "ada", createdAt: this.#now },
      ...(below(12) === 0 && { label: "named" }),
      ...(cause === "restore" && { guardId: this.entries[below(3)]?.snapshotId ?? null }),
      ...(below(9) === 0 && { tests: "passed" as const }),
      pinned: below(15) === 0,
    });
    const beforeId = this.entries[below(6)]?.snapshotId;
    if (beforeId !== undefined && below(10) === 0)
      this.turns.push({ beforeId, afterId: below(4) === 0 ? null : snapshotId });
    this.entries = [{ seq: this.#seq, ...entry }, ...this.entries];
    this.head = snapshotId;
  }

  going(rules = this.rules, entries = this.entries): string[] {
    const facts = { headSnapshotId: this.head, turns: this.turns };
    return planRetention(entries, rules, facts).map(({ snapshotId }) => snapshotId);
  }

  /** As the catalog shows them once some are gone: children grow from the nearest that is left. */
  without(gone: readonly string[]): EntryRow[] {
    const byId = new Map(this.entries.map((entry) => [entry.snapshotId, entry]));
    const living = (id: string | null): string | null =>
      id !== null && gone.includes(id) ? living(byId.get(id)?.parentId ?? null) : id;
    return this.entries
      .filter(({ snapshotId }) => !gone.includes(snapshotId))
      .map((entry) => ({ ...entry, parentId: living(entry.parentId) }));
  }
}

describe("retention of any history", () => {
  const each = (holds: (scene: Scene, seed: number) => void) => {
    for (const seed of seeds) holds(new Scene(seed), seed);
  };

  it("takes something of most, but never a pin or the head", () => {
    let taken = 0;
    each((scene, seed) => {
      const gone = new Set(scene.going());
      taken += gone.size;
      assert.equal(gone.has(scene.head ?? ""), false, `seed ${seed}`);
      const pins = scene.entries.filter(({ pinned, snapshotId }) => pinned && gone.has(snapshotId));
      assert.deepEqual(pins, [], `seed ${seed}`);
    });
    assert.ok(taken > seeds.length * 10);
  });

  it("takes nothing more when it is applied again", () => {
    each((scene, seed) => {
      const gone = scene.going();
      assert.deepEqual(scene.going(scene.rules, scene.without(gone)), [], `seed ${seed}`);
    });
  });

  it("takes nothing more when a rule keeps more", () => {
    each((scene, seed) => {
      const gone = new Set(scene.going());
      for (const name of counted) {
        const more = { ...scene.rules, [name]: scene.rules[name] + 1 + scene.below(5) };
        for (const id of scene.going(more)) assert.ok(gone.has(id), `seed ${seed}: ${name} took ${id}`);
      }
      for (const id of scene.going({ ...scene.rules, keepNamed: true }))
        assert.ok(gone.has(id), `seed ${seed}`);
    });
  });

  it("takes but a few with each new entry, wherever the clock has jumped to", () => {
    each((scene, seed) => {
      scene.rules.keepAssistantDays = 0;
      for (let count = 0; count < 60; count++) {
        scene.entries = scene.without(scene.going());
        scene.add();
        // One for each rule that looks at the newest, the last green, and a restore with its guard.
        const most = 10;
        assert.ok(scene.going().length <= most, `seed ${seed}: ${scene.going().join(" ")}`);
      }
    });
  });
});
