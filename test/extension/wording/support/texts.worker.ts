import { parentPort, workerData } from "node:worker_threads";
import * as l10n from "@vscode/l10n";
import type { Act } from "../../../../agent/protocol/entry.ts";
import { healthStates } from "../../../../agent/protocol/health.ts";
import type { PathVersion } from "../../../../agent/protocol/pathHistory.ts";
import type { GcReport } from "../../../../agent/protocol/storeReports.ts";
import { anEntry, aProject } from "../../../support/entries.ts";

l10n.config({ contents: workerData as Record<string, string> });

const { actDetails, actSummary } = await import("../../../../extension/wording/acts.ts");
const { causeReasons, causeSentences } = await import("../../../../extension/wording/causes.ts");
const { restoreEffect, summaryText } = await import("../../../../extension/wording/changes.ts");
const { progressLine } = await import("../../../../extension/wording/progress.ts");
const { retentionText } = await import("../../../../extension/wording/retention.ts");
const { longDate } = await import("../../../../extension/wording/relativeTime.ts");
const { freesText } = await import("../../../../extension/wording/rooms.ts");
const { entryDescription, entrySpoken, entryTooltip } =
  await import("../../../../extension/timeline/entryText.ts");

const { commandTitles } = await import("../../../../extension/commands/commandTitles.ts");
const { errorAdvice } = await import("../../../../extension/feedback/errorAdvice.ts");
const { statusLook, statusTooltip } = await import("../../../../extension/health/healthText.ts");

const { openPrograms } = await import("../../../../extension/restore/openPrograms.ts");
const { restorePreview } = await import("../../../../extension/restore/restorePreview.ts");
const { versionDescription, versionSpoken, versionTooltip } =
  await import("../../../../extension/history/versionText.ts");

const { storeSentences } = await import("../../../../extension/store/storeText.ts");
const { storeUrlProblem } = await import("../../../../extension/store/storeUrl.ts");
const { keptText, planParts, tidiedText, tidyEffect } =
  await import("../../../../extension/store/tidyText.ts");
const { repairedText, verifiedText } = await import("../../../../extension/store/repairText.ts");
const { helperDetail, helperQuestion } = await import("../../../../extension/helper/helperWords.ts");
const { filterWords } = await import("../../../../extension/search/filterWords.ts");
const { searchQuery } = await import("../../../../extension/search/searchQuery.ts");
const { countedRules } = await import("../../../../extension/retention/rulePicks.ts");
const { poolSizeProblem } = await import("../../../../extension/pools/poolSize.ts");
const { refusedFolder } = await import("../../../../extension/project/refusedFolder.ts");

const { formatCount } = await import("../../../../extension/wording/counts.ts");
const { writeNumbersIn } = await import("../../../../extension/wording/numberLanguage.ts");
writeNumbersIn("de");

const nowMs = Date.parse("2026-03-01T12:05:00Z");
const act: Act = {
  actId: "a1",
  cause: "install",
  what: "npm install",
  outcome: "failed",
  exitCode: 1,
  beganAt: "2026-03-01T11:59:00Z",
  endedAt: "2026-03-01T12:00:00Z",
  beforeId: null,
  afterId: "s0000000000a",
  change: { files: 3, added: 1, removed: 1, bytes: 4096, inDependencies: 2, inGit: 1, lockfiles: [] },
};
const entry = anEntry({ head: true, pinned: true, tests: "passed", note: "upgrade", act });
const version: PathVersion = {
  ...{ kind: "symlink", size: null, modifiedAt: "2026-03-01T12:00:00Z", mode: 0o644, target: null },
  ...{
    first: null,
    last: null,
    entries: 2,
    times: 2,
    now: true,
    gone: true,
    goneIn: null,
    from: null,
    changes: null,
  },
};
const tidying: GcReport = {
  ...{
    dryRun: true,
    retention: { days: 7, last: 0, daily: 0, weekly: 8, monthly: 0 },
    kept: 12,
    snapshots: [],
  },
  packs: [{ id: "1", bytes: 4096, liveBytes: 1024 }],
  deleted: { manifests: 1, packs: 2, bytes: 4096 },
  ...{ condemned: { manifests: 1, packs: 2 }, dueInMs: 3_600_000 },
};
const damaged = {
  projectId: "1",
  slug: "2",
  snapshotId: null,
  manifestDigest: "3",
  problems: [],
  isHere: true,
};
const summary = { added: 1, modified: 2, removed: 3, renamed: 1, metadata: 2 };
const room = { bytes: 4096, certainty: "estimate" } as const;

/** Dates are in the language of the machine. */
function dateless(text: string): string {
  return text.replaceAll(longDate(entry.createdAt), "");
}

parentPort?.postMessage({
  rows: [
    entryDescription(entry, nowMs),
    entrySpoken(anEntry({ tests: "failed" }), nowMs),
    actSummary(act),
    ...Object.values(causeSentences),
  ],
  versions: [
    versionDescription(version, nowMs),
    versionSpoken(version, nowMs),
    dateless(versionTooltip({ ...version, modifiedAt: entry.createdAt })),
  ],
  "a restore": [
    restorePreview([], summary, ["a", "b", "c", "d", "e", "f"], []),
    ...openPrograms({ details: { programs: [{ name: "npm", pid: 1, files: ["a", "b", "c", "d"] }] } }),
  ],
  "the store": [
    ...Object.values(storeSentences),
    storeUrlProblem("ftp:") ?? "",
    tidyEffect(tidying),
    keptText(tidying),
    tidiedText(tidying, true),
    ...planParts(tidying, nowMs).map(({ heading }) => heading),
    repairedText({
      ...{ dryRun: false, damaged: [], indexProblems: [], records: [], packsIndexed: 0, chunksRecovered: 0 },
      ...{ badBlobs: 0, pushedAgain: [], left: [damaged] },
    }),
    verifiedText({
      ...{
        blobs: 1,
        bytes: 4096,
        snapshots: 2,
        whole: 0,
        parts: 20,
        part: 3,
        damaged: [damaged],
        indexProblems: [],
      },
    }),
  ],
  questions: [
    helperQuestion,
    helperDetail("ada", []),
    ...Object.values(countedRules).flatMap(({ question, says }) => [question, says(0), says(3)]),
    poolSizeProblem("1K", 4096) ?? "",
    refusedFolder("/", "/home/ada") ?? "",
  ],
  "a search": [
    filterWords({ query: "1", found: { entries: [], more: false, matches: 2, problem: null } }).message,
    searchQuery("after:1", nowMs).problem ?? "",
  ],
  numbers: [formatCount(1234)],
  tooltips: [
    dateless(entryTooltip(anEntry({ ...entry, act: null }), room)),
    ...actDetails(act),
    ...Object.values(causeReasons),
  ],
  commands: Object.values(commandTitles),
  advice: Object.values(errorAdvice).flatMap(({ hint }) => hint ?? []),
  "the status bar": healthStates.flatMap((state) => {
    const health = { state, message: "", action: null, pending: 2, lastPushAt: "2026-03-01T12:00:00Z" };
    const look = statusLook({ kind: "ready", project: aProject() }, health, nowMs);
    return [look.word, statusTooltip(look, look.message)];
  }),
  messages: [
    summaryText(summary),
    restoreEffect(summary),
    freesText(3, room),
    progressLine({ message: "", done: 1, total: 4, unit: "files", rate: 2, secondsLeft: 90 }),
    retentionText({ days: 30, last: 2, daily: 3, weekly: 0, monthly: 0 }),
  ],
});
