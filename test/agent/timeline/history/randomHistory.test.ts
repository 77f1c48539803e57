import assert from "node:assert/strict";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import { ManualClock } from "../../../support/manualClock.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

const paths = ["a/f", "a/g", "a/b/f", "a/b", "b/f", "b", "f"];
const seeds = [1, 2];

/** Commands that may fail: what they are about need not be there. */
const steps = [
  "echo $RANDOM > a/f",
  "echo x > a/b/f",
  "echo y > a/b/f",
  "echo x > .new && mv .new a/b/f",
  "rm -rf b && mv a b",
  "rm -rf a && mv b a",
  "rm -rf a",
  "mkdir -p a/b",
  "mv -T a/b a/c && mkdir -p a/b && mv -T a/c a/b/c",
  "rm -rf b && ln -s a b",
  "rm -rf f; mv a/f f",
  "mv f a/g",
  "ln -f a/f f",
  "chmod 600 a/b/f",
  "chmod 644 a/b/f",
  "rm -f a/f a/b/f",
  "touch -d 2026-01-01 a/b/f a/f",
  "echo z > other",
];

describe("the history of a path, against looking at every entry", function () {
  this.timeout(120_000);
  let site: TimelineFixture;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock(Date.now() + 60_000);
    site = await TimelineFixture.open({ clock });
    site.rig.projects.change(site.projectId, { maxSnapshots: 1000 });
    site.shell(`mount -o remount,nobarrier ${site.loop.path}`);
  });
  afterEach(() => site.close());

  for (const seed of seeds) {
    it(`is the same after random edits and restores, seed ${seed}`, async () => {
      const random = numbers(seed);
      const pick = <T>(items: readonly T[]): T => items[random() % items.length] as T;
      const entries: Entry[] = site.entries();
      while (entries.length < 30) {
        const lines = Array.from(
          { length: 1 + (random() % 3) },
          () => `(${pick(steps)}) 2>/dev/null || true`,
        );
        clock.pass(60_000);
        site.shell(lines.join("\n"));
        const label = `${entries.length}`;
        entries.push(await site.snapshot(label));
        if (random() % 6 > 0) continue;
        const { entry } = await site.restore(pick(entries).snapshotId);
        if (entry) entries.push(entry);
      }
      const held = site.entries().toReversed();
      for (const path of paths) {
        const expected = distinct(held, path);
        const found = await site.rig.timeline.reading
          .history(site.project, { path, limit: 1000 }, unattended)
          .then(
            ({ versions }) => versions,
            (thrown: unknown) => {
              const { code } = thrown as { code?: string };
              assert.match(code ?? String(thrown), /^PATH_/);
              return [];
            },
          );
        const shown = found
          .filter(({ kind }) => kind !== "directory")
          .map(({ first, last, entries: count }) => [first?.snapshotId, last?.snapshotId, count]);
        assert.deepEqual(shown.sort(), expected.sort(), path);
      }
    });
  }
});

/** Each thing that entries hold at a path, folders aside, by the first and last that do and how many do. */
function distinct(entries: readonly Entry[], path: string) {
  const versions = new Map<string, [string, string, number]>();
  for (const { path: root, snapshotId } of entries) {
    const seen = described(root, path);
    if (seen === null) continue;
    const [first = snapshotId, , count = 0] = versions.get(seen) ?? [];
    versions.set(seen, [first, snapshotId, count + 1]);
  }
  return [...versions.values()];
}

function described(root: string, path: string): string | null {
  let at = root;
  for (const part of path.split("/")) {
    const above = lstatSync(at);
    if (!above.isDirectory()) return null;
    at = join(at, part);
    if (!lstatSync(at, { throwIfNoEntry: false })) return null;
  }
  const stat = lstatSync(at);
  if (stat.isDirectory()) return null;
  return `${stat.mode} ${stat.isSymbolicLink() ? readlinkSync(at) : readFileSync(at, "latin1")}`;
}

/** Numbers that are the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
