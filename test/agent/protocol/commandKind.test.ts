import assert from "node:assert/strict";
import { type CommandKind, commandKind, isOwnCommand } from "../../../agent/protocol/commandKind.ts";

const lines: Record<CommandKind | "none", readonly string[]> = {
  git: [
    "git checkout main",
    "git -C sub switch -c new",
    "git -c user.name=x rebase -i HEAD~3",
    "/usr/bin/git pull --rebase",
    "git stash && git status",
    "git fetch; git merge origin/main",
  ],
  install: [
    "npm i",
    "npm install --save-dev typescript",
    "npm --prefix web ci",
    "cd web && npm ci",
    "NODE_ENV=production npm install",
    "sudo -E apt-get install -y jq",
    "yarn",
    "yarn --frozen-lockfile",
    "pnpm add -D vitest",
    "pip install -r requirements.txt",
    "python3 -m pip install flask",
    "uv pip install flask",
    "poetry add flask",
    "cargo add serde",
    "go get ./...",
    "go mod tidy",
    "bundle",
    "composer require monolog/monolog",
    "npm ci | tee log",
  ],
  test: [
    "npm test",
    "npm t",
    "npm run test:unit",
    "npm test -- --grep x",
    "npx vitest run",
    "pnpm exec jest",
    "yarn test",
    "pytest -q tests",
    "python -m pytest",
    "python3 -m unittest",
    "poetry run pytest",
    "go test ./...",
    "cargo test",
    "./node_modules/.bin/mocha",
    "node --test",
    "make check",
    "./gradlew test",
    "npm ci && npm test",
    "CI=1 npx playwright test",
  ],
  deletion: ["rm -rf node_modules", "rm -r build dist", "rm --recursive x", "sudo rm -Rf /tmp/x"],
  none: [
    "",
    "ls",
    "git status",
    "git commit -m 'npm install'",
    "git log | head",
    "echo npm install",
    "npm run build",
    "npm start",
    "cargo build",
    "rm file",
    "npm test | tail",
    "node server.js",
    "python app.py",
    "cat 'git checkout'",
    "'unclosed",
    "&& || ;;",
  ],
};

describe("the kind of a command", () => {
  for (const [kind, commands] of Object.entries(lines)) {
    for (const line of commands) {
      it(`is ${kind}: ${line}`, () => {
        assert.equal(commandKind(line) ?? "none", kind);
      });
    }
  }

  it("knows Forkpoint's own commands", () => {
    assert.equal(isOwnCommand("forkpoint undo --yes"), true);
    assert.equal(isOwnCommand("cd x && forkpoint undo"), false);
    assert.equal(isOwnCommand("forkpointer"), false);
  });
});
