import assert from "node:assert/strict";
import { parseStoreUrl } from "../../../agent/blobstore/storeUrl.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";

describe("parseStoreUrl", () => {
  it("should read a folder and write it in one form", () => {
    assert.deepEqual(parseStoreUrl("dir:///mnt/backup"), {
      kind: "directory",
      path: "/mnt/backup",
      text: "dir:///mnt/backup",
    });
    for (const text of [
      "dir:///mnt//backup/",
      "dir:///mnt/x/../backup",
      "dir:///mnt/./backup",
      " dir:///mnt/backup\n",
    ]) {
      assert.equal(parseStoreUrl(text).text, "dir:///mnt/backup", text);
    }
  });

  it("should take a folder's path as it stands", () => {
    const url = parseStoreUrl("dir:///mnt/My Backup #1/50%25 für Ü");
    assert.equal(url.kind === "directory" && url.path, "/mnt/My Backup #1/50%25 für Ü");
    assert.equal(parseStoreUrl(url.text).text, url.text);
  });

  it("should read a bucket with its prefix and options", () => {
    const url = parseStoreUrl(
      "s3://team-backup/a/b/?region=eu-central-1&endpoint=https://s3.example.org:9000/",
    );
    assert.deepEqual(url, {
      kind: "s3",
      bucket: "team-backup",
      prefix: "a/b/",
      endpoint: "https://s3.example.org:9000",
      region: "eu-central-1",
      forcePathStyle: true,
      text: "s3://team-backup/a/b?endpoint=https://s3.example.org:9000&region=eu-central-1",
    });
    assert.deepEqual(parseStoreUrl(url.text), url);
  });

  it("should use path style for an endpoint unless told otherwise", () => {
    const styleOf = (text: string) => {
      const url = parseStoreUrl(text);
      return url.kind === "s3" && url.forcePathStyle;
    };
    assert.equal(styleOf("s3://bucket"), false);
    assert.equal(styleOf("s3://bucket?forcePathStyle=true"), true);
    assert.equal(styleOf("s3://bucket?endpoint=http://127.0.0.1:9000"), true);
    assert.equal(styleOf("s3://bucket?endpoint=http://e.org&forcePathStyle=false"), false);
  });

  const refused: [text: string, sentence: RegExp][] = [
    ["", /begins with dir/],
    ["/mnt/backup", /begins with dir/],
    ["http://bucket", /begins with dir/],
    ["dir://relative", /absolute/],
    ["dir:relative", /absolute/],
    ["dir:///", /root/],
    ["dir:///a/..", /root/],
    ["dir:///mnt?x=1", /options/],
    ["dir:///mnt/\u0007", /control/],
    ["s3:bucket", /s3:\/\/bucket/],
    ["s3://", /bucket/],
    ["s3://ab", /bucket/],
    ["s3://Bucket", /bucket/],
    ["s3://a_bucket", /bucket/],
    ["s3://bucket-", /bucket/],
    ["s3://buc..ket", /bucket/],
    ["s3://buc.-ket", /bucket/],
    ["s3://buc-.ket", /bucket/],
    ["s3://127.0.0.1", /IP address/],
    ["s3://bucket:9000", /bucket/],
    [`s3://${"b".repeat(64)}`, /bucket/],
    ["s3://bucket/ä", /prefix/],
    ["s3://bucket/a/../b", /prefix/],
    ["s3://bucket#x", /#/],
    ["s3://bucket?enpoint=https://e.org", /no option enpoint/],
    ["s3://bucket?region=a&region=b", /twice/],
    ["s3://bucket?region=", /region/],
    ["s3://bucket?region=eu central", /region/],
    ["s3://bucket?forcePathStyle=yes", /true or false/],
    ["s3://bucket?endpoint=e.org", /https:\/\//],
    ["s3://bucket?endpoint=ftp://e.org", /https:\/\//],
    ["s3://bucket?endpoint=https://e.org/?x=1", /query/],
  ];
  for (const [text, sentence] of refused) {
    it(`should refuse ${JSON.stringify(text.slice(0, 50))}`, () => {
      assert.throws(
        () => parseStoreUrl(text),
        (thrown: unknown) => {
          assert.ok(thrown instanceof ForkpointError);
          assert.equal(thrown.code, "STORE_URL_INVALID");
          assert.match(thrown.message, sentence);
          assert.notEqual(thrown.hint, "");
          return true;
        },
      );
    });
  }

  it("should refuse credentials wherever they stand, and not repeat them", () => {
    for (const text of [
      "s3://AKIAEXAMPLE:hunter2@bucket",
      "s3://AKIAEXAMPLE@bucket",
      "s3://bucket?accessKeyId=AKIAEXAMPLE&secretAccessKey=hunter2",
      "s3://bucket?sessionToken=hunter2",
      "s3://bucket?endpoint=https://AKIAEXAMPLE:hunter2@e.org",
    ]) {
      assert.throws(
        () => parseStoreUrl(text),
        (thrown: unknown) => {
          assert.ok(thrown instanceof ForkpointError);
          assert.equal(thrown.code, "STORE_URL_INVALID");
          assert.match(thrown.message, /credentials/);
          assert.doesNotMatch(JSON.stringify(thrown.toBody()), /hunter2|AKIAEXAMPLE/);
          return true;
        },
      );
    }
  });
});
