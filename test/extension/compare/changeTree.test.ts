import assert from "node:assert/strict";
import type { Change } from "../../../agent/protocol/change.ts";
import { type ChangeNode, changeTree } from "../../../extension/compare/changeTree.ts";

const change = (path: string, given: Partial<Change> = {}): Change => ({
  path,
  kind: "modified",
  type: "file",
  size: 1,
  ...given,
});

/** Golden text: one line a node, indented by depth. */
function drawn(nodes: readonly ChangeNode[], depth = 0): string[] {
  return nodes.flatMap((node) => {
    const indent = "  ".repeat(depth);
    if (node.kind === "change") return [`${indent}${node.name}`];
    const marks = `${node.quiet ? " quiet" : ""}${node.change ? ` ${node.change.kind}` : ""}`;
    return [`${indent}${node.name}/ ${node.amount}${marks}`, ...drawn(node.children, depth + 1)];
  });
}

describe("changeTree", () => {
  it("orders folders first and joins folders that hold nothing but a folder", () => {
    const tree = changeTree(
      [change("readme"), change("src/app/b.ts"), change("src/app/a10.ts"), change("src/app/a9.ts")],
      [],
    );
    assert.deepEqual(drawn(tree), ["src/app/ 3", "  a9.ts", "  a10.ts", "  b.ts", "readme"]);
  });

  it("keeps a folder that changed itself apart, and counts it", () => {
    const added = change("new", { kind: "added", type: "directory", size: null });
    const tree = changeTree([added, change("new/deep/x", { kind: "added" })], []);
    assert.deepEqual(drawn(tree), ["new/ 2 added", "  deep/ 1", "    x"]);
  });

  it("marks what tools write, at any depth", () => {
    const tree = changeTree(
      [change("web/node_modules/a/index.js"), change("web/node_modules/b/index.js"), change("web/main.ts")],
      ["node_modules"],
    );
    assert.deepEqual(drawn(tree), [
      "web/ 3",
      "  node_modules/ 2 quiet",
      "    a/ 1 quiet",
      "      index.js",
      "    b/ 1 quiet",
      "      index.js",
      "  main.ts",
    ]);
  });

  it("handles names such as __proto__ like any other", () => {
    assert.deepEqual(drawn(changeTree([change("__proto__/constructor")], [])), [
      "__proto__/ 1",
      "  constructor",
    ]);
  });
});
