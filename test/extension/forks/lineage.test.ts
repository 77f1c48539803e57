import assert from "node:assert/strict";
import type { Project } from "../../../agent/protocol/project.ts";
import { type LineageNode, lineage, suggestSlug } from "../../../extension/forks/lineage.ts";
import { slugFrom } from "../../../extension/forks/slugFrom.ts";
import { aProject } from "../../support/entries.ts";

const fork = (slug: string, parent?: string): Project =>
  aProject({
    projectId: `id-${slug}`,
    slug,
    forkedFrom: parent === undefined ? null : { projectId: `id-${parent}`, slug: parent, snapshotId: "s" },
  });

function drawn(nodes: readonly LineageNode[], depth = 0): string[] {
  return nodes.flatMap(({ project, children }) => [
    "  ".repeat(depth) + project.slug,
    ...drawn(children, depth + 1),
  ]);
}

describe("lineage", () => {
  it("puts forks below what they were forked from, and the tree of this window first", () => {
    const projects = [
      fork("alpha"),
      fork("shop"),
      fork("try-10", "shop"),
      fork("try-9", "shop"),
      fork("deep", "try-9"),
    ];
    assert.deepEqual(drawn(lineage(projects, "id-deep")), [
      "shop",
      "  try-9",
      "    deep",
      "  try-10",
      "alpha",
    ]);
    assert.deepEqual(drawn(lineage(projects, undefined)), [
      "alpha",
      "shop",
      "  try-9",
      "    deep",
      "  try-10",
    ]);
  });

  it("makes a fork whose parent is not here a root", () => {
    assert.deepEqual(drawn(lineage([fork("orphan", "elsewhere")], undefined)), ["orphan"]);
  });
});

describe("names for forks", () => {
  it("are the parent's with an ending, numbered where that is taken", () => {
    assert.equal(suggestSlug("shop", []), "shop-fork");
    assert.equal(suggestSlug("shop", ["shop-fork", "shop-fork-2"]), "shop-fork-3");
  });

  it("stay within 63 characters", () => {
    const long = "a".repeat(63);
    assert.equal(suggestSlug(long, []).length, 63);
    assert.match(suggestSlug(long, [suggestSlug(long, [])]), /a-fork-2$/);
  });

  it("come from any folder's name", () => {
    assert.equal(slugFrom("My App (2)"), "my-app-2");
    assert.equal(slugFrom("Café_été"), "cafe-ete");
    assert.equal(slugFrom("日本"), "project");
    assert.equal(slugFrom(`${"x".repeat(62)}-y`), "x".repeat(62));
  });
});
