import assert from "node:assert/strict";
import { refusedFolder } from "../../../extension/project/refusedFolder.ts";
import { VolumeLocation } from "../../../extension/project/volumeLocation.ts";

describe("VolumeLocation", () => {
  const linked = new VolumeLocation("/home/ada/shop", "/pool/projects/shop", "/pool/projects/shop");
  const below = new VolumeLocation("/home/ada/shop/web", "/pool/projects/shop/web", "/pool/projects/shop");

  it("finds files through the link and through the volume itself", () => {
    assert.equal(linked.inside("/home/ada/shop/src/a.ts"), "src/a.ts");
    assert.equal(linked.inside("/pool/projects/shop/src/a.ts"), "src/a.ts");
    assert.equal(linked.inside("/home/ada/shop"), "");
    assert.equal(below.inside("/home/ada/shop/web/a.ts"), "web/a.ts");
  });

  it("knows what lies elsewhere", () => {
    for (const file of ["/home/ada/shop2/a", "/home/ada", "/pool/projects/shop-2/a", "/etc/passwd"]) {
      assert.equal(linked.inside(file), null, file);
    }
    assert.equal(linked.inside("/home/ada/shop/..hidden"), "..hidden");
  });

  it("names files the way the editor does, so that open tabs are found again", () => {
    assert.equal(linked.file("src/a.ts"), "/home/ada/shop/src/a.ts");
    assert.equal(below.file("web/a.ts"), "/home/ada/shop/web/a.ts");
    assert.equal(below.file("api/b.ts"), "/pool/projects/shop/api/b.ts");
  });
});

describe("refusedFolder", () => {
  it("refuses the root, the home folder and what holds it, and nothing else", () => {
    for (const folder of ["/", "/home", "/home/", "/home/ada", "/home/ada/"]) {
      assert.match(refusedFolder(folder, "/home/ada") ?? "", /\.$/, folder);
    }
    for (const folder of ["/home/ada/shop", "/home/bob", "/srv/app", "/home/adam"]) {
      assert.equal(refusedFolder(folder, "/home/ada"), null, folder);
    }
  });
});
