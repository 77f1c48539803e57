import assert from "node:assert/strict";
import { join } from "node:path";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import type { Operation } from "../../../agent/protocol/entities.ts";
import type { Result } from "../../../agent/protocol/methods.ts";
import { defaultRules, RetentionRules, type Room } from "../../../agent/protocol/retention.ts";
import type { PathVersion } from "../../../agent/protocol/pathHistory.ts";
import type { Handlers } from "../../../agent/server/handlers.ts";
import { assertGolden } from "../../support/golden.ts";
import { ranCli, type RanCli } from "../../support/ranCli.ts";
import { ServedHandlers } from "../../support/servedHandlers.ts";
import { health, pool, shop, shopEntries, shopFork, store } from "../../support/shopProject.ts";

const [head, guard, first] = shopEntries as [
  (typeof shopEntries)[0],
  (typeof shopEntries)[0],
  (typeof shopEntries)[0],
];
const summary = { added: 1, modified: 1, removed: 1, renamed: 1, metadata: 1 };
const equal = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };

function find(named: string) {
  const found = [shop, shopFork].find(({ slug, projectId }) => named === slug || named === projectId);
  if (!found) throw new ForkpointError("PROJECT_NOT_FOUND", `There is no project ${named}.`);
  return found;
}

const damagedSnapshot = {
  projectId: shop.projectId,
  slug: "shop",
  snapshotId: "4aaafirst000",
  manifestDigest: "ab".repeat(32),
  problems: ["The repository's chunk 12ab is damaged: its bytes do not match its name."],
  isHere: true,
};
const verifyReport = {
  snapshots: 12,
  whole: 10,
  blobs: 4711,
  bytes: 3 * 2 ** 30,
  part: 2,
  parts: 20,
  damaged: [
    damagedSnapshot,
    { ...damagedSnapshot, slug: null, snapshotId: null, problems: ["It is not JSON."], isHere: false },
  ],
  indexProblems: ["The repository's index 34cd is damaged: it is not an index."],
};
const remoteFile = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedAt: "2026-01-02T03:04:05.000Z",
  target: null,
};

const differences: Pick<Result<"timeline/diff">, "changes" | "summary"> = {
  changes: [
    { path: "src/new.ts", kind: "added", type: "file", size: 1234 },
    { path: "package.json", kind: "modified", type: "file", size: 3 * 2 ** 20 },
    { path: "old", kind: "removed", type: "directory", size: null },
    { path: "b\\x0aname", from: "a", kind: "renamed", type: "file", size: 12 },
    { path: "run.sh", kind: "metadata", type: "file", size: 80 },
    { path: "node_modules/a/index.js", kind: "added", type: "file", size: 5000 },
    { path: "node_modules/b", kind: "removed", type: "directory", size: null },
  ],
  summary: { added: 2, modified: 1, removed: 2, renamed: 1, metadata: 1 },
};

const rooms: Room[] = [
  { bytes: 3 * 2 ** 20, certainty: "atLeast" },
  { bytes: 512, certainty: "estimate" },
];

const no = { possible: false, until: null, hint: null };
const done = {
  projectId: shop.projectId,
  slug: "shop",
  author: "ada",
  label: null,
  targetId: null,
  paths: null,
  from: null,
};
const operations: Operation[] = [
  {
    ...{ ...done, operationId: 12, kind: "delete", at: "2026-01-02T11:55:00.000Z" },
    ...{ snapshotIds: [guard.snapshotId], label: "before lunch" },
    undo: { possible: true, until: "2026-01-03T11:55:00.000Z", hint: null },
  },
  {
    ...{
      ...done,
      operationId: 11,
      kind: "restore",
      at: "2026-01-02T11:00:00.000Z",
      snapshotIds: [head.snapshotId],
    },
    ...{ targetId: first.snapshotId, paths: ["src/b\\x0ac"] },
    undo: { possible: true, until: null, hint: null },
  },
  {
    ...{ ...done, operationId: 10, kind: "fork", slug: "try-sqlite", at: "2026-01-01T12:00:00.000Z" },
    snapshotIds: [first.snapshotId],
    from: { projectId: shop.projectId, slug: "shop", snapshotId: first.snapshotId },
    undo: { ...no, hint: "Delete it with `forkpoint project delete try-sqlite`." },
  },
  {
    ...{ ...done, operationId: 9, kind: "undelete", at: "2026-01-01T12:00:00.000Z" },
    ...{ snapshotIds: [guard.snapshotId, first.snapshotId], undo: no },
  },
];

const version: PathVersion = {
  kind: "file",
  size: 1234,
  modifiedAt: "2026-01-02T11:59:45.000Z",
  mode: 0o644,
  target: null,
  first: null,
  last: null,
  entries: 0,
  times: 1,
  now: true,
  gone: false,
  goneIn: null,
  from: null,
  changes: null,
};
const versions: readonly PathVersion[] = [
  version,
  {
    ...version,
    ...{ size: 3 * 2 ** 20, mode: 0o755, modifiedAt: "2025-12-01T11:00:00.000Z" },
    ...{ first, last: head, entries: 2, times: 2, now: false, from: "src/a\\x0ab" },
  },
  {
    ...version,
    ...{
      kind: "symlink",
      size: null,
      mode: 0o777,
      target: "../elsewhere",
      modifiedAt: "2025-11-01T11:00:00.000Z",
    },
    ...{ first: guard, last: guard, entries: 1, now: false, gone: true, goneIn: head },
  },
  {
    ...version,
    ...{ kind: "directory", size: null, mode: 0o755, modifiedAt: "2025-10-01T11:00:00.000Z" },
    ...{ first, last: first, entries: 1, now: false, changes: summary },
  },
];

/** What every verb asked of the agent, by method. */
const asked: { method: string; params: unknown }[] = [];

const handlers: Partial<Handlers> = {
  "project/list": () => ({ projects: [shop, shopFork] }),
  "project/show": ({ project }) => find(project),
  "project/resolve": ({ path }) => ({ project: path.startsWith("/pool/projects/shop") ? shop : null }),
  "project/import": () => ({ project: shop, entry: first, adopted: false }),
  "project/fork": () => shopFork,
  "project/delete": ({ project }) => {
    if (find(project) === shop) {
      throw new ForkpointError("PROJECT_HAS_FORKS", "The project shop has forks.", {
        details: { forks: ["try-sqlite"] },
      });
    }
    return {};
  },
  "project/status": ({ project }) => ({
    health,
    project: project === undefined ? null : shop,
    pools: [pool],
    store,
    agent: {
      version: "1.0.0",
      protocol: 1,
      pid: 4711,
      home: "/home/ada/.local/share/forkpoint",
      startedAt: "2026-01-02T11:00:00.000Z",
      logFile: "/home/ada/.local/share/forkpoint/logs/agent.log",
      privileges: "helper",
      degradations: ["Files of other users keep their owner only as far as the helper reaches."],
    },
  }),
  "timeline/list": () => ({ entries: [...shopEntries], more: false, matches: null, idLength: 6 }),
  "timeline/diff": () => ({ ...differences, truncated: true }),
  "snapshot/show": ({ snapshotId = head.snapshotId }) => {
    const found = shopEntries.find((entry) => entry.snapshotId.startsWith(snapshotId));
    if (!found) throw new ForkpointError("SNAPSHOT_NOT_FOUND", `There is no snapshot ${snapshotId}.`);
    return found;
  },
  "timeline/changes": ({ snapshotIds, path }) => ({
    changes: snapshotIds.map((snapshotId) => ({
      snapshotId,
      summary: snapshotId === first.snapshotId ? null : snapshotId === guard.snapshotId ? equal : summary,
      touches: path === undefined ? null : snapshotId !== guard.snapshotId,
    })),
  }),
  "timeline/history": ({ path, from }) => ({
    versions: from === undefined ? versions.slice(0, 2) : versions.slice(2),
    next: path === "src" || from !== undefined ? null : first.snapshotId,
    unknown: path === "src" ? 2 : 0,
    uncompared: path === "src" ? 1 : 0,
    looks: 12,
  }),
  "timeline/deleted": ({ path }) => ({
    deleted:
      path === "src"
        ? []
        : [
            { path: "docs/it's old.md", kind: "file", size: 5 * 2 ** 10, below: 0, entry: guard },
            { path: "node_modules/left-pad", kind: "directory", size: null, below: 4, entry: first },
            { path: "docs/it's old.md", kind: "file", size: 12, below: 0, entry: first },
          ],
    next: null,
    unknown: 0,
  }),
  "timeline/preview": ({ snapshotId }) => ({
    target: snapshotId === undefined ? guard : first,
    undone: snapshotId === undefined ? { ...head, snapshotId: "3zzzrestored", head: false } : null,
    newest: head,
    ...differences,
    truncated: false,
  }),
  "timeline/sizes": ({ snapshotIds, wait }) => ({
    sizes: snapshotIds.map((snapshotId, at) => ({
      snapshotId,
      room: rooms[at] ?? { bytes: 0, certainty: "exact" },
    })),
    together: wait
      ? { bytes: 1.2 * 2 ** 30, certainty: "exact" }
      : { bytes: 12 * 2 ** 20, certainty: "estimate" },
  }),
  "timeline/retention": ({ rules }) => ({
    rules: RetentionRules.parse({ ...defaultRules, ...rules }),
    judged: [
      { entry: head, reasons: ["head", "latest", "hour"], automatic: false },
      { entry: guard, reasons: [], automatic: true },
      { entry: first, reasons: [], automatic: false },
    ],
    room: { bytes: 1.2 * 2 ** 30, certainty: "exact" },
  }),
  "project/configure": ({ settings }) => ({
    ...shop,
    settings: { ...shop.settings, ...settings } as typeof shop.settings,
  }),
  "timeline/restore": () => ({ entry: head, guard, summary }),
  "snapshot/delete": ({ forGood }) => ({ operationId: 12, keptHours: forGood ? 0 : 24 }),
  "operations/list": () => ({ operations, more: false }),
  "operations/undo": () => ({ entries: [guard], restored: null }),
  "timeline/undo": () => ({ entry: null, guard: null, summary: equal }),
  "snapshot/create": ({ label }) => ({ entry: label === undefined ? null : head, head }),
  "pool/list": () => ({
    pools: [pool, { ...pool, poolId: "pool00000002", state: "missing", freeBytes: null }],
  }),
  "pool/create": () => pool,
  "pool/remove": () => ({}),
  "store/show": () => ({ store }),
  "store/set": ({ url }) => ({ ...store, url }),
  "store/keys": () => ({
    keys: [
      {
        keyId: "3f0c9a52b1d47e86",
        kind: "passphrase",
        label: "first",
        createdAt: "2026-01-01T12:00:00.000Z",
      },
      {
        keyId: "77aa0c1e2b93d4f5",
        kind: "keyFile",
        label: "build server",
        createdAt: "2026-01-02T11:00:00.000Z",
      },
    ],
  }),
  "store/pause": () => ({ ...store, paused: true }),
  "store/resume": () => store,
  "store/gcSchedule": ({ everyHours = null }) => ({
    ...store,
    tidying: {
      everyHours,
      nextAt: "2026-01-09T11:00:00.000Z",
      last: { at: "2026-01-02T11:00:00.000Z", problem: null, deletedBytes: 12 * 2 ** 20, condemnedPacks: 3 },
    },
  }),
  "store/limit": ({ upload = null, download = null }) => ({ ...store, limits: { upload, download } }),
  "store/check": () => ({ ...store, state: "denied", message: "The key may not write." }),
  "sync/push": ({ wait }) => (wait ? { pending: 0, pushed: [first] } : { pending: 2, pushed: [] }),
  "sync/pull": () => shop,
  "store/verify": ({ parts }) =>
    parts === 1
      ? { ...verifyReport, damaged: [], indexProblems: [], whole: 12, part: 1, parts: 1 }
      : { ...verifyReport, parts },
  "store/repair": ({ dryRun }) => ({
    dryRun,
    damaged: verifyReport.damaged,
    indexProblems: verifyReport.indexProblems,
    records: [
      { problem: "The ref of shop is missing from the store.", isMended: true, loss: null },
      {
        problem: "The repository's ref p2 is damaged: it is not JSON.",
        isMended: false,
        loss: "“blog” goes on from its snapshot of 2025-11-30 12:00 UTC, the newest in the store that can be read. This machine then writes it.",
      },
    ],
    packsIndexed: 3,
    chunksRecovered: 0,
    badBlobs: 2,
    pushedAgain: [{ slug: "shop", snapshotId: "4aaafirst000" }],
    left: verifyReport.damaged.slice(1),
  }),
  "store/gc": ({ dryRun }) => ({
    dryRun,
    retention: { days: 30, last: 0, daily: 0, weekly: 8, monthly: 0 },
    kept: dryRun ? 12 : null,
    snapshots: dryRun
      ? [{ slug: "shop", snapshotId: "4aaafirst000", createdAt: "2025-11-01T12:00:00.000Z" }]
      : [],
    packs: dryRun
      ? [
          { id: "ab".repeat(32), bytes: 12 * 2 ** 20, liveBytes: 0 },
          { id: "cd".repeat(32), bytes: 10 * 2 ** 20, liveBytes: 2 ** 20 },
        ]
      : [],
    deleted: dryRun ? { manifests: 0, packs: 0, bytes: 0 } : { manifests: 3, packs: 1, bytes: 12 * 2 ** 20 },
    condemned: { manifests: 2, packs: 5 },
    dueInMs: dryRun ? null : 86_400_000,
  }),
  "remote/find": () => ({
    projectId: shop.projectId,
    snapshotId: first.snapshotId,
    manifestDigest: "ab".repeat(32),
  }),
  "remote/list": () => ({
    files: [
      { ...remoteFile, name: "src", type: "directory", mode: 0o755, size: 3 * 2 ** 20 },
      { ...remoteFile, name: "package.json", type: "file", size: 1234 },
      { ...remoteFile, name: "latest", type: "symlink", mode: 0o777, size: null, target: "src/b\\x0ac" },
    ],
    more: false,
  }),
  "remote/read": ({ offset }) => ({
    bytes: Buffer.from(offset === 0 ? "one\n" : "two\n").toString("base64"),
    size: 8,
  }),
  "agent/doctor": () => ({
    checks: [
      { name: "programs", ok: true, message: "All are there.", remedy: null },
      { name: "store", ok: false, message: "None is set.", remedy: "Run `forkpoint store set URL`." },
    ],
  }),
};

function recorded(): Partial<Handlers> {
  const entries = Object.entries(handlers).map(([method, handler]) => [
    method,
    (params: never, call: never) => {
      asked.push({ method, params });
      return handler(params, call);
    },
  ]);
  return Object.fromEntries(entries) as Partial<Handlers>;
}

describe("what the command prints", () => {
  let served: ServedHandlers;
  const zone = process.env["TZ"];
  before(async () => {
    process.env["TZ"] = "UTC";
    served = await ServedHandlers.start(recorded());
  });
  after(async () => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
    await served.stop();
  });
  beforeEach(() => void asked.splice(0));

  const run = (line: string, options: { tty?: boolean; env?: NodeJS.ProcessEnv } = {}) =>
    ranCli(line.split(" "), { home: served.home, cwd: "/pool/projects/shop/src", ...options });
  const paramsOf = (method: string) => asked.find((call) => call.method === method)?.params;

  const cases: Record<string, string> = {
    snapshot: "snapshot --label L",
    "snapshot-unchanged": "snapshot",
    log: "log",
    "log-path": "log --path package.json",
    show: "show",
    "show-first": "show 4aaa",
    "show-all": "show 7k2m --all",
    "undo-dry-run": "undo --dry-run",
    "restore-dry-run": "restore 4aaa --dry-run",
    history: "history src/server.js",
    "history-few": "history shop src",
    "history-deleted": "history --deleted",
    "history-deleted-none": "history --deleted src",
    "help-history": "history --help",
    "help-log": "log --help",
    "help-show": "show --help",
    "help-undo": "undo --help",
    "undo-operation": "undo --operation 12",
    operations: "operations",
    "help-operations": "operations --help",
    retention: "retention",
    "retention-dry-run": "retention shop --latest 2 --weeks 0 --no-named --dry-run",
    "retention-change": "retention --latest 2",
    "help-retention": "retention --help",
    "log-sizes": "log --sizes",
    delete: "delete shop 7k2m 4aaa",
    "delete-for-good": "delete 7k2m --for-good",
    "help-delete": "delete --help",
    diff: "diff 4aaa",
    restore: "restore 4aaa",
    "undo-equal": "undo",
    fork: "fork --slug try-sqlite",
    push: "push",
    "push-wait": "push --wait",
    status: "status",
    "project-list": "project list",
    "project-show": "project show try-sqlite",
    "pool-status": "pool status",
    "store-show": "store show",
    "store-check": "store check",
    "store-pause": "store pause",
    "store-resume": "store resume",
    "store-gc": "store gc --every 1w",
    "store-limit": "store limit --upload 2M --download off",
    "store-limit-none": "store limit",
    verify: "verify",
    "verify-damaged": "verify --sample 5%",
    repair: "repair",
    "repair-dry-run": "repair --dry-run",
    gc: "gc",
    "gc-dry-run": "gc --dry-run --keep-weekly 8",
    ls: "ls --remote",
    cat: "cat 4aaa src/numbers",
    "help-gc": "gc --help",
    doctor: "doctor",
    "error-with-forks": "project delete shop",
    "error-usage": "fork",
    help: "--help",
    "help-diff": "diff --help",
    "help-restore": "restore --help",
    "help-mcp": "mcp --help",
    "help-store-set": "store set --help",
    "store-keys": "store key list",
  };
  for (const [name, line] of Object.entries(cases)) {
    it(`prints ${line} for people`, async () => {
      const ran = await run(line);
      assertGolden(join(import.meta.dirname, "golden", `${name}.txt`), transcript(line, ran));
    });
  }

  it("uses colours on a terminal alone, and not with NO_COLOR", async () => {
    const escape = "\u001b[";
    assert.ok((await run("timeline", { tty: true })).out.includes(escape));
    assert.ok(!(await run("timeline")).out.includes(escape));
    assert.ok(!(await run("timeline", { tty: true, env: { NO_COLOR: "1" } })).out.includes(escape));
  });

  it("prints the protocol's entities with --json, before or after the verb", async () => {
    const json = async (line: string) => JSON.parse((await run(line)).out) as unknown;
    assert.deepEqual(await json("timeline --json"), shopEntries);
    assert.deepEqual(await json("--json project list"), [shop, shopFork]);
    assert.deepEqual(await json("project show shop --json"), shop);
    assert.deepEqual(await json("snapshot --label L --json"), { ...head, created: true });
    assert.deepEqual(await json("snapshot --json"), { ...head, created: false });
    assert.deepEqual(await json("project import /x --json"), {
      ...shop,
      snapshotId: first.snapshotId,
      adopted: false,
    });
    const history = (await json("history src/server.js --json")) as { versions: object[] };
    assert.deepEqual(history.versions, versions);
    const { deleted } = (await json("history --deleted --json")) as { deleted: { path: string }[] };
    assert.deepEqual(
      deleted.map(({ path }) => path),
      ["docs/it's old.md", "node_modules/left-pad"],
    );
    const diff = (await json("diff 4aaa --json")) as { changes: object[] };
    assert.deepEqual(diff.changes[0], { path: "src/new.ts", kind: "added", type: "file", size: 1234 });
  });

  it("prints failures as JSON on stderr alone, with 1", async () => {
    const { exitCode, out, err } = await run("project show nothing --json");
    assert.equal(exitCode, 1);
    assert.equal(out, "");
    const { error } = JSON.parse(err) as { error: Record<string, string> };
    assert.equal(error["code"], "PROJECT_NOT_FOUND");
    assert.equal(error["message"], "There is no project nothing.");
    assert.equal(error["hint"], "List projects with `forkpoint project list`.");
  });

  it("ends wrong usage with 2, as JSON when asked", async () => {
    const lines = [
      "nonsense",
      "fork",
      "snapshot --colour",
      "pool create --image x --size huge",
      "diff",
      "diff 4aaa --stat --patch",
      "log --since yesterday",
      "log --cause whim",
      "log -n 0",
      "show a b c d",
      "history",
      "history a b c",
      "history src -n none",
      "restore",
      "pool",
      "agent logs --lines none",
      "undo --open-files maybe",
      "pool remove",
      "verify --sample 0",
      "verify --sample 5% --full",
      "gc --keep-days some",
      "store limit --upload 5",
      "store gc --every day",
      "store limit --upload fast",
      "cat 4aaa",
      "cat 4aaa file",
      "ls a b c d",
    ];
    for (const line of lines) {
      const { exitCode, out, err } = await run(`${line} --json`);
      assert.equal(exitCode, 2, line);
      assert.equal(out, "", line);
      const { error } = JSON.parse(err) as { error: Record<string, string> };
      assert.equal(error["code"], "BAD_REQUEST", line);
      assert.ok(error["message"] && error["hint"], line);
    }
    assert.equal((await ranCli([], { home: served.home })).exitCode, 2);
  });

  it("takes a project and snapshots in the places the grammar allows", async () => {
    const expected: [string, object][] = [
      ["diff 4aaa", { project: shop.projectId, from: "4aaa" }],
      ["diff 4aaa 5bbb", { project: shop.projectId, from: "4aaa", to: "5bbbguard000" }],
      ["diff try-sqlite 4aaa", { project: shopFork.projectId, from: "4aaa" }],
      ["diff try-sqlite 4aaa 5bbb", { project: shopFork.projectId, from: "4aaa", to: "5bbbguard000" }],
      ["diff 4aaa src", { project: shop.projectId, from: "4aaa", paths: ["src"] }],
      [
        "diff shop 4aaa 5bbb src b",
        { project: shop.projectId, from: "4aaa", to: "5bbbguard000", paths: ["src", "b"] },
      ],
    ];
    for (const [line, params] of expected) {
      asked.length = 0;
      await run(line);
      assert.deepEqual(paramsOf("timeline/diff"), { limit: 200_000, packages: true, ...params }, line);
    }
    asked.length = 0;
    await run("log --grep up --cause manual --cause timer --since 2d --until 2026-01-01 --author ada -n 3");
    assert.deepEqual(paramsOf("timeline/list"), {
      project: shop.projectId,
      limit: 3,
      filter: {
        text: "up",
        causes: ["manual", "timer"],
        author: "ada",
        since: "2025-12-31T12:00:00.000Z",
        until: "2026-01-01T23:59:59.999Z",
      },
    });
    await run("restore try-sqlite 4aaa --path src --path package.json");
    assert.deepEqual(paramsOf("timeline/restore"), {
      project: shopFork.projectId,
      snapshotId: "4aaa",
      paths: ["src", "package.json"],
      openFiles: "refuse",
    });
    const forks: [string, object][] = [
      ["fork --slug x", { project: shop.projectId, slug: "x" }],
      ["fork 4aaa --slug x", { project: shop.projectId, slug: "x", snapshotId: "4aaa" }],
      ["fork try-sqlite --slug x", { project: shopFork.projectId, slug: "x" }],
      ["fork try-sqlite 4aaa --slug x", { project: shopFork.projectId, slug: "x", snapshotId: "4aaa" }],
    ];
    for (const [line, params] of forks) {
      asked.length = 0;
      await run(line);
      assert.deepEqual(paramsOf("project/fork"), params, line);
    }
  });

  it("makes paths absolute and sizes bytes", async () => {
    await run("pool create --image pool.img --size 1.5G --mount ../here");
    assert.deepEqual(paramsOf("pool/create"), {
      image: "/pool/projects/shop/src/pool.img",
      size: 1.5 * 2 ** 30,
      mount: "/pool/projects/shop/here",
    });
    await run("project import . --copy");
    assert.deepEqual(paramsOf("project/import"), { path: "/pool/projects/shop/src", copy: true });
    await run("store limit --upload 1.5M/s --download off");
    assert.deepEqual(paramsOf("store/limit"), { upload: 1.5 * 2 ** 20, download: null });
    await run("pool remove ../../../../pool");
    assert.deepEqual(paramsOf("pool/remove"), { poolId: pool.poolId, keepImage: false });
  });

  it("says so when the current directory lies in no project", async () => {
    const ran = await ranCli(["snapshot"], { home: served.home, cwd: "/elsewhere" });
    assert.equal(ran.exitCode, 1);
    assert.match(ran.err, /\/elsewhere lies in no project\. \[PROJECT_NOT_FOUND\]/);
  });

  it("has a help text with an example for every verb", async () => {
    const verbs = [
      ...[
        "snapshot",
        "log",
        "show",
        "history",
        "diff",
        "restore",
        "retention",
        "undo",
        "fork",
        "push",
        "pull",
        "status",
        "doctor",
      ],
      ...[
        "pool create",
        "pool adopt",
        "pool status",
        "pool remove",
        "store set",
        "store show",
        "store check",
        "store pause",
        "store limit",
        "store gc",
        "store resume",
      ],
      ...["project import", "project list", "project show", "project delete"],
      ...["agent start", "agent stop", "agent status", "agent logs", "mcp"],
    ];
    for (const verb of verbs) {
      const { exitCode, out } = await run(`${verb} --help`);
      assert.equal(exitCode, 0, verb);
      assert.match(out, new RegExp(`Examples?:\n.*forkpoint ${verb}`), verb);
      assert.match(out, /--json/, verb);
    }
  });
});

function transcript(line: string, { exitCode, out, err }: RanCli): string {
  const parts = [`$ forkpoint ${line}\n`, out, err && `--- stderr\n${err}`, `--- exit ${exitCode}\n`];
  return parts.join("");
}
