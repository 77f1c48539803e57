import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stopAgent } from "../../support/stopAgent.ts";
import { projectInWindow } from "../support/projectInWindow.ts";

const passphrase = "Quetzalcoatl rides again";

describe("an encrypted store in the editor", function () {
  this.timeout(180_000);

  const on = projectInWindow({
    prepare: async (project) => {
      const beside = dirname(project.home);
      mkdirSync(join(beside, "sealed"));
      writeFileSync(join(beside, "passphrase"), passphrase);
      const secret = ["--encrypt", "--passphrase-file", join(beside, "passphrase")];
      await project.forkpoint("store", "set", `dir://${join(beside, "sealed")}`, ...secret);
      await project.forkpoint("push", "--wait");
      // The next agent has no key.
      await stopAgent(project.home);
    },
  });

  it("is seen to be locked, with what mends it", async () => {
    await on.window.statusBarItem("demo: Store locked").waitFor();
    await on.window.statusBarItem("demo: Store locked").hover();
    await on.window.page.getByRole("tooltip").getByRole("link", { name: "Unlock Store…" }).waitFor();
    await on.window.screenshot("locked-store-1-status-bar");
    await on.window.page.mouse.move(700, 300);
  });

  it("opens with its passphrase and no other, which nobody sees", async () => {
    for (const [typed, answer] of [
      ["Tlaloc stays at home", "The passphrase does not open this repository."],
      [passphrase, "The store is unlocked."],
    ] as const) {
      await on.window.runCommand("Forkpoint: Unlock Store…");
      await on.window.quickInput.titled("Unlock store").waitFor();
      await on.window.page.locator(".quick-input-widget input[type=password]").waitFor();
      await on.window.quickInput.type(typed);
      await on.window.screenshot("locked-store-2-passphrase");
      await on.window.quickInput.accept();
      await on.window.notification(answer).waitFor();
    }
    await on.window.statusBarItem("demo: Store locked").waitFor({ state: "hidden" });
  });

  it("is opened by the window itself for every agent after that", async () => {
    const status = async () =>
      (await on.project.forkpoint("status")) as { agent: { pid: number }; store: { state: string } };
    const before = await status();
    await on.window.runCommand("Forkpoint: Restart Agent");
    for (;;) {
      const { agent, store } = await status();
      if (agent.pid !== before.agent.pid && store.state === "ok") break;
      await pause(200);
    }
    await on.window.statusBarItem("demo: Store locked").waitFor({ state: "hidden" });
  });
});
