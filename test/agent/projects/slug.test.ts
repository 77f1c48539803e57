import assert from "node:assert/strict";
import { checkSlug, deriveSlug, numberedSlug } from "../../../agent/projects/slug.ts";

describe("slug", () => {
  it("accepts what can be a DNS label", () => {
    for (const slug of ["a", "7", "web-shop", "a--b", "x".repeat(63)]) assert.equal(checkSlug(slug), slug);
  });

  const refused = ["", "-a", "a-", "A", "a b", "a/b", "..", "é", "a\n", "a\0", "x".repeat(64), "a_b", "a.b"];
  for (const slug of refused) {
    it(`refuses ${JSON.stringify(slug)}`, () => {
      assert.throws(() => checkSlug(slug), { code: "SLUG_INVALID" });
    });
  }

  it("is derived from a folder's name", () => {
    assert.equal(deriveSlug("My Web_Shop (2)"), "my-web-shop-2");
    assert.equal(deriveSlug("Café Zoë"), "cafe-zoe");
    assert.equal(deriveSlug("...hidden"), "hidden");
    assert.equal(deriveSlug("日本"), "project");
    assert.equal(deriveSlug(`${"a".repeat(62)} b`), "a".repeat(62));
  });

  it("is still a slug when it is numbered", () => {
    assert.equal(numberedSlug("shop", 2), "shop-2");
    assert.equal(checkSlug(numberedSlug("a".repeat(63), 12)), `${"a".repeat(60)}-12`);
    assert.equal(numberedSlug(`${"a".repeat(60)}-bc`, 22), `${"a".repeat(60)}-22`);
  });
});
