import assert from "node:assert/strict";
import { projectInWindow } from "../support/projectInWindow.ts";

describe("what was done, in the tree and the panel", function () {
  this.timeout(180_000);

  const on = projectInWindow();
  before(async () => {
    await on.window.openContainer("Forkpoint");
    await tree().row("Imported").waitFor();
  });

  const tree = () => on.window.tree("Timeline");
  const type = async (line: string) => {
    await on.window.page.keyboard.type(line);
    await on.window.page.keyboard.press("Enter");
  };

  it("is a row with what it changed, for a command that somebody types into the terminal", async () => {
    await on.project.change("package.json", '{"name":"demo","version":"1.0.0","scripts":{"test":"exit 0"}}');
    await on.window.runCommand("Terminal: Create New Terminal");
    const { page } = on.window;
    await page.locator(".terminal-wrapper.active .xterm-screen").waitFor();
    await page.locator(".terminal-wrapper.active").click();
    await type("mkdir -p /tmp/$$/local && cd /tmp/$$/local && npm init -y >/dev/null && cd - && clear");
    await page.waitForTimeout(6000);
    await type("npm install --install-links --no-audit --no-fund /tmp/$$/local; rm -r /tmp/$$");
    await tree()
      .row(/npm install.*\d+ files.*package-lock\.json/)
      .waitFor();
    await page.waitForTimeout(6000);
    await type("npm test");
    await tree()
      .row(/last green/)
      .waitFor();
    await on.window.screenshot("causes-1-tree");
    const install = tree().row(/npm install.*files/);
    await install.locator(".monaco-tl-twistie").click();
    await tree()
      .row(/Before npm install/)
      .waitFor();
    await install.first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "Restore to Before It…" }).waitFor();
    await on.window.screenshot("causes-2-menu");
    await page.keyboard.press("Escape");
  });

  it("can be compared with what was there before", async () => {
    await tree().contextAction(/npm install.*files/, "Compare Before with After");
    await on.window
      .tree("Changes")
      .row(/Packages/)
      .waitFor();
    await on.window
      .tree("Changes")
      .row(/^\s*package-lock\.json/)
      .waitFor();
    await on.window.screenshot("causes-3-changes");
  });

  it("is shown in the panel", async () => {
    await on.window.runCommand("Forkpoint: Show Timeline Panel");
    const panel = on.window.webview;
    await panel.locator("li.row.install").first().click();
    await panel.getByRole("button", { name: "Restore to before…" }).waitFor();
    await on.window.screenshot("causes-4-panel");
    assert.ok((await panel.locator("li.row.install .icon").count()) > 0);
  });
});
