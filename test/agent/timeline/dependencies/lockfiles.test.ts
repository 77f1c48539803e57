import assert from "node:assert/strict";
import { lockfileKind, readLockfile } from "../../../../agent/timeline/dependencies/lockfiles.ts";

function read(path: string, text: string): Record<string, string[]> {
  const kind = lockfileKind(path);
  assert.ok(kind, path);
  const packages = readLockfile(kind, text);
  return Object.fromEntries([...packages.names].map((name) => [name, packages.versions(name)]));
}

describe("reading lockfiles", () => {
  it("reads package-lock.json of versions 2 and 3, without the project's own parts", () => {
    const lock = {
      lockfileVersion: 3,
      packages: {
        "": { name: "shop", version: "1.0.0" },
        "apps/web": { version: "0.0.1" },
        "node_modules/web": { resolved: "apps/web", link: true },
        "node_modules/@scope/a": { version: "1.2.3" },
        "node_modules/b": { version: "2.0.0" },
        "node_modules/@scope/a/node_modules/b": { version: "1.10.0" },
        "node_modules/alias": { name: "real", version: "4.0.0" },
      },
    };
    assert.deepEqual(read("web/package-lock.json", JSON.stringify(lock)), {
      "@scope/a": ["1.2.3"],
      b: ["1.10.0", "2.0.0"],
      real: ["4.0.0"],
    });
  });

  it("reads package-lock.json of version 1, as deep as it goes", () => {
    const lock = {
      lockfileVersion: 1,
      dependencies: { a: { version: "1.0.0", dependencies: { b: { version: "2.0.0" } } } },
    };
    assert.deepEqual(read("npm-shrinkwrap.json", JSON.stringify(lock)), { a: ["1.0.0"], b: ["2.0.0"] });
  });

  it("reads yarn.lock as Yarn 1 writes it", () => {
    const lock = `# yarn lockfile v1


"@babel/core@^7.0.0", "@babel/core@^7.1.0":
  version "7.26.0"
  resolved "https://example.org/core.tgz#abc"
  dependencies:
    left-pad "^1.0.0"

left-pad@^1.0.0:
  version "1.3.0"
`;
    assert.deepEqual(read("yarn.lock", lock), { "@babel/core": ["7.26.0"], "left-pad": ["1.3.0"] });
  });

  it("reads yarn.lock as later Yarns write it", () => {
    const lock = `__metadata:
  version: 8
  cacheKey: 10

"@a/b@npm:^1.0.0, @a/b@npm:^1.1.0":
  version: 1.10
  resolution: "@a/b@npm:1.10"
  languageName: node
  linkType: hard

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  languageName: unknown
  linkType: soft
`;
    assert.deepEqual(read("yarn.lock", lock), { "@a/b": ["1.10"] });
  });

  it("reads pnpm-lock.yaml in each of the ways its keys were written", () => {
    const body = (keys: string[]) =>
      keys.map((key) => `  ${key}:\n    resolution: {integrity: x}\n`).join("");
    assert.deepEqual(
      read(
        "pnpm-lock.yaml",
        `lockfileVersion: 5.4\npackages:\n${body(["/@a/b/1.0.0", "/c/2.0.0_@a+b@1.0.0"])}`,
      ),
      { "@a/b": ["1.0.0"], c: ["2.0.0"] },
    );
    assert.deepEqual(
      read(
        "pnpm-lock.yaml",
        `lockfileVersion: '6.0'\npackages:\n${body(["/@a/b@1.0.0", "/c@2.0.0(@a/b@1.0.0)"])}`,
      ),
      { "@a/b": ["1.0.0"], c: ["2.0.0"] },
    );
    assert.deepEqual(
      read("pnpm-lock.yaml", `lockfileVersion: '9.0'\npackages:\n${body(["'@a/b@1.0.0'", "c@2.0.0"])}`),
      {
        "@a/b": ["1.0.0"],
        c: ["2.0.0"],
      },
    );
    assert.deepEqual(read("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"), {});
  });

  it("reads Cargo.lock, poetry.lock, pdm.lock and uv.lock", () => {
    const one = (name: string, version: string, more = "") =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\n${more}\n`;
    const cargo = `version = 4\n${one("shop", "0.1.0")}${one("serde", "1.0.1", 'source = "registry+x"')}`;
    assert.deepEqual(read("Cargo.lock", cargo), { serde: ["1.0.1"] });
    const poetry =
      one("django", "5.1", '[package.dependencies]\nname = ">=1"\n') + "[metadata]\nlock-version = '2.1'\n";
    assert.deepEqual(read("poetry.lock", poetry), { django: ["5.1"] });
    assert.deepEqual(read("pdm.lock", one("flask", "3.0")), { flask: ["3.0"] });
    const uv = `version = 1\n${one("shop", "0.1.0", 'source = { editable = "." }')}${one("rich", "13.9.4", 'source = { registry = "x" }')}`;
    assert.deepEqual(read("uv.lock", uv), { rich: ["13.9.4"] });
  });

  it("reads what other languages write", () => {
    const gems =
      "PATH\n  specs:\n    own (0.1)\n\nGEM\n  specs:\n    rails (8.0.1)\n      rack (>= 2)\n    rack (3.1.8)\n";
    assert.deepEqual(read("Gemfile.lock", gems), { rails: ["8.0.1"], rack: ["3.1.8"] });
    const composer = {
      packages: [{ name: "a/b", version: "v1.0" }],
      "packages-dev": [{ name: "c/d", version: "2" }],
    };
    assert.deepEqual(read("composer.lock", JSON.stringify(composer)), { "a/b": ["v1.0"], "c/d": ["2"] });
    const pipfile = { default: { requests: { version: "==2.32.0" }, own: { path: "." } }, develop: {} };
    assert.deepEqual(read("Pipfile.lock", JSON.stringify(pipfile)), { requests: ["2.32.0"] });
    const pins =
      "# all\nDjango==5.1 ; python_version > '3'\n-r other.txt\nflask[async] == 3.0.1 \\\n    --hash=x\nloose>=1\n";
    assert.deepEqual(read("requirements-dev.txt", pins), { Django: ["5.1"], flask: ["3.0.1"] });
    const mod =
      "module a.b/c\n\ngo 1.24\n\nrequire d.e/f v1.2.3 // indirect\nrequire (\n\tg.h/i v0.0.1\n)\nreplace (\n\tj v9.9.9\n)\n";
    assert.deepEqual(read("go.mod", mod), { "d.e/f": ["v1.2.3"], "g.h/i": ["v0.0.1"] });
  });

  it("takes nothing for a lockfile that is installed, or that nobody can read", () => {
    assert.equal(lockfileKind("node_modules/a/package-lock.json"), undefined);
    assert.equal(lockfileKind("vendor/a/composer.lock"), undefined);
    assert.equal(lockfileKind("src/package.json"), undefined);
    assert.equal(lockfileKind("bun.lockb"), undefined);
  });

  it("refuses what does not parse, saying why without a word of what is in it", () => {
    const refused: Record<string, [string, RegExp]> = {
      "package-lock.json": ['{"secret": ', /^it is not JSON$/],
      "npm-shrinkwrap.json": ['{"lockfileVersion": "three"}', /^it does not have the form of such a file$/],
      "pnpm-lock.yaml": ["packages: [secret", /^it is not YAML$/],
      "yarn.lock": ["secret", /^it does not have the form of such a file$/],
      "Cargo.lock": ["[[package\nsecret", /^it is not TOML$/],
      "poetry.lock": ["<<<<<<< ours\nsecret\n", /^it holds the marks of an unfinished merge$/],
      "Gemfile.lock": ["secret", /^it does not have the form of such a file$/],
      "go.mod": ["secret", /^it does not have the form of such a file$/],
    };
    for (const [path, [text, message]] of Object.entries(refused)) {
      assert.throws(() => read(path, text), { name: "NotALockfile", message }, path);
    }
  });
});
