import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { stopAgent } from "../../support/stopAgent.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

const passphrase = "Quetzalcoatl rides again";

describe("an encrypted store in the editor", function () {
  this.timeout(180_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    const beside = dirname(project.home);
    mkdirSync(join(beside, "sealed"));
    writeFileSync(join(beside, "passphrase"), passphrase);
    const secret = ["--encrypt", "--passphrase-file", join(beside, "passphrase")];
    await project.forkpoint("store", "set", `dir://${join(beside, "sealed")}`, ...secret);
    await project.forkpoint("push", "--wait");
    // The next agent has no key.
    await stopAgent(project.home);
    editor = await EditorWindow.start(project);
    window = await editor.open();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  it("is seen to be locked, with what mends it", async () => {
    await window.statusBarItem("demo: Store locked").waitFor();
    await window.statusBarItem("demo: Store locked").hover();
    await window.page.getByRole("tooltip").getByRole("link", { name: "Unlock Store…" }).waitFor();
    await window.screenshot("locked-store-1-status-bar");
    await window.page.mouse.move(700, 300);
  });

  it("opens with its passphrase and no other, which nobody sees", async () => {
    for (const [typed, answer] of [
      ["Tlaloc stays at home", "The passphrase does not open this repository."],
      [passphrase, "The store is unlocked."],
    ] as const) {
      await window.runCommand("Forkpoint: Unlock Store…");
      await window.quickInput.titled("Unlock store").waitFor();
      await window.page.locator(".quick-input-widget input[type=password]").waitFor();
      await window.quickInput.type(typed);
      await window.screenshot("locked-store-2-passphrase");
      await window.quickInput.accept();
      await window.notification(answer).waitFor();
    }
    await window.statusBarItem("demo: Store locked").waitFor({ state: "hidden" });
  });

  it("is opened by the window itself for every agent after that", async () => {
    const status = async () =>
      (await project?.forkpoint("status")) as { agent: { pid: number }; store: { state: string } };
    const before = await status();
    await window.runCommand("Forkpoint: Restart Agent");
    for (;;) {
      const { agent, store } = await status();
      if (agent.pid !== before.agent.pid && store.state === "ok") break;
      await pause(200);
    }
    await window.statusBarItem("demo: Store locked").waitFor({ state: "hidden" });
  });
});
