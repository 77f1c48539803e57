import assert from "node:assert/strict";
import { pool, shop, shopFork } from "../../support/shopProject.ts";
import { ServedShop } from "./rig/servedShop.ts";

describe("the arguments of the command", () => {
  let shell: ServedShop;
  before(async () => {
    shell = await ServedShop.start();
  });
  after(() => shell.stop());

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
      const wish = { limit: 200_000, packages: true, ...params };
      assert.deepEqual(await shell.asks("timeline/diff", line), wish, line);
    }
    const log = "log --grep up --cause manual --cause timer --since 2d --until 2026-01-01 --author ada -n 3";
    assert.deepEqual(await shell.asks("timeline/list", log), {
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
    const restore = "restore try-sqlite 4aaa --path src --path package.json";
    assert.deepEqual(await shell.asks("timeline/restore", restore), {
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
      assert.deepEqual(await shell.asks("project/fork", line), params, line);
    }
  });

  it("makes paths absolute and sizes bytes", async () => {
    assert.deepEqual(
      await shell.asks("pool/create", "pool create --image pool.img --size 1.5G --mount ../here"),
      {
        image: "/pool/projects/shop/src/pool.img",
        size: 1.5 * 2 ** 30,
        mount: "/pool/projects/shop/here",
      },
    );
    assert.deepEqual(await shell.asks("project/import", "project import . --copy"), {
      path: "/pool/projects/shop/src",
      copy: true,
    });
    assert.deepEqual(await shell.asks("store/limit", "store limit --upload 1.5M/s --download off"), {
      upload: 1.5 * 2 ** 20,
      download: null,
    });
    assert.deepEqual(await shell.asks("pool/remove", "pool remove ../../../../pool"), {
      poolId: pool.poolId,
      keepImage: false,
    });
  });
});
