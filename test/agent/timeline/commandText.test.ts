import assert from "node:assert/strict";
import { commandText, joinedText } from "../../../agent/timeline/acts/commandText.ts";

describe("the text of a command", () => {
  const secrets = [
    "NPM_TOKEN=hunter2 npm publish",
    'export GITHUB_TOKEN="hunter2 with spaces"',
    "deploy --password hunter2 --force",
    "deploy --password=hunter2",
    "deploy --db-password 'hunter2'",
    "deploy -token hunter2",
    "login --api-key=hunter2 --user ada",
    "git clone https://ada:hunter2@example.org/x.git",
    "git pull https://hunter2@example.org/x.git",
    "curl 'https://example.org/?a=1&access_token=hunter2&b=2'",
    'curl -H "Authorization: Bearer hunter2hunter2" https://example.org',
    "curl -H 'X-Api-Key: hunter2' https://example.org",
    "curl -u ada:hunter2 https://example.org",
    "mysql -u root -phunter2 shop",
    "sshpass -p hunter2 ssh host",
    "docker login -u ada -p hunter2 registry.example.org",
    "echo ghp_hunter2hunter2hunter2",
    "AWS_SECRET_ACCESS_KEY=hunter2 terraform apply",
    "psql postgres://ada:hunter2@localhost/shop",
  ];
  for (const command of secrets) {
    it(`has no secret: ${command.slice(0, 24)}…`, () => {
      assert.doesNotMatch(commandText(command), /hunter/);
    });
  }

  it("keeps what is none", () => {
    for (const command of [
      "npm install --save-dev @types/node@24",
      "git checkout -b feature/token-login",
      "pytest tests/test_password.py -k 'not slow'",
      "npm test -- --grep authorization",
      "make PASSES=3 all",
      "git checkout main && npm ci",
    ]) {
      assert.equal(commandText(command), command);
    }
  });

  it("is one short line without control characters", () => {
    assert.equal(commandText("cat <<E\nhunter2\nE"), "cat <<E …");
    assert.equal(commandText("a\u001b[31mb\tc\u202ed"), "a [31mb c d");
    assert.equal(commandText("x".repeat(5000)).length, 200);
    assert.equal(joinedText("x".repeat(199), "y".repeat(50)).length, 200);
    assert.equal(joinedText("a; b", "b"), "a; b");
  });
});
