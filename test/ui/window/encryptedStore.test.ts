import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "../support/editorWindow.ts";
import { pictureFailures } from "../support/failurePictures.ts";
import type { Workbench } from "../support/workbench.ts";

const first = "Quetzalcoatl rides again";
const second = "Tlaloc stays at home";

describe("a store that is set up encrypted", function () {
  this.timeout(400_000);
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench;
  let beside: string;

  pictureFailures(() => window);

  before(async () => {
    project = await makeDemoProject();
    beside = dirname(project.home);
    editor = await EditorWindow.start(project);
    window = await editor.open();
    await window.statusBarItem("demo").waitFor();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  const chooseFolder = async (name: string) => {
    await window.runCommand("Forkpoint: Set Store…");
    await window.quickInput.titled("Set store (1 of 2)").waitFor();
    await window.quickInput.choose("Folder");
    await window.quickInput.titled("Set store (2 of 2)").waitFor();
    await window.quickInput.type(join(beside, name));
    await window.quickInput.accept();
    await window.quickInput.row("Leave it readable").waitFor();
  };
  const shown = async () =>
    (await project?.forkpoint("store", "show")) as { url: string; encrypted: boolean; state: string };
  const answer = async (title: string | RegExp, text: string) => {
    await window.quickInput.titled(title).waitFor();
    await window.quickInput.type(text);
    await window.quickInput.accept();
  };

  it("takes a bucket's address only when it is one", async () => {
    await window.runCommand("Forkpoint: Set Store…");
    await window.quickInput.choose("S3 bucket");
    await window.quickInput.titled("Set store (2 of 2)").waitFor();
    await window.quickInput.type("s3://ada:secret@bucket/prefix");
    await window.quickInput.message.getByText("Leave credentials out").waitFor();
    await window.screenshot("encrypted-store-1-bucket");
    await window.quickInput.dismiss();
  });

  it("asks who may read it, and for a new passphrase twice", async () => {
    await chooseFolder("sealed");
    await window.screenshot("encrypted-store-2-who-may-read");
    await window.quickInput.choose("Encrypt it with a passphrase");
    await window.quickInput.titled("Encrypt the store").waitFor();
    await window.page.locator(".quick-input-widget input[type=password]").waitFor();
    await window.quickInput.type("short");
    await window.quickInput.message.getByText("Use at least 8 characters").waitFor();
    await window.quickInput.type(first);
    await window.screenshot("encrypted-store-3-new-passphrase");
    await window.quickInput.accept();
    await window.quickInput.message.getByText("The same again").waitFor();
    await window.quickInput.type(second);
    await window.quickInput.message.getByText("The two differ.").waitFor();
    await window.screenshot("encrypted-store-4-differ");
    await window.quickInput.type(first);
    await window.quickInput.accept();
    await window.notification("The store is set.").waitFor();
    const { encrypted, url } = await shown();
    assert.deepEqual([encrypted, url], [true, `dir://${join(beside, "sealed")}`]);
    await window.clearNotifications();
  });

  it("changes its passphrase for whoever knows the present one", async () => {
    for (const [present, said] of [
      [second, "The passphrase does not open this repository."],
      [first, "The passphrase is changed."],
    ] as const) {
      await window.runCommand("Forkpoint: Change Store Passphrase…");
      await answer("Change store passphrase (1 of 2)", present);
      await answer("Change store passphrase (2 of 2)", second);
      await window.quickInput.message.getByText("The same again").waitFor();
      await answer("Change store passphrase (2 of 2)", second);
      await window.notification(said).waitFor();
      await window.screenshot("encrypted-store-5-changed");
      await window.clearNotifications();
    }
  });

  it("opens with the new one only, once it is locked", async () => {
    await project?.forkpoint("store", "lock");
    for (const [typed, said] of [
      [first, "The passphrase does not open this repository."],
      [second, "The store is unlocked."],
    ] as const) {
      await window.statusBarItem("demo: Store locked").waitFor();
      await window.runCommand("Forkpoint: Unlock Store…");
      await answer("Unlock store", typed);
      await window.notification(said).waitFor();
      await window.clearNotifications();
    }
    await window.statusBarItem("demo: Store locked").waitFor({ state: "hidden" });
  });

  it("takes a key file instead, which is made for its owner only", async () => {
    const file = join(beside, "forkpoint.key");
    await chooseFolder("keyed");
    await window.quickInput.choose("Encrypt it with a key file");
    await window.quickInput.titled("Encrypt the store").waitFor();
    await window.quickInput.type("forkpoint.key");
    await window.quickInput.message.getByText("Type an absolute path.").waitFor();
    await window.quickInput.type(file);
    await window.screenshot("encrypted-store-6-key-file");
    await window.quickInput.accept();
    await window.notification("The store is set.").waitFor();
    const { size, mode } = statSync(file);
    assert.deepEqual([size, mode & 0o777], [32, 0o600]);
    assert.equal((await shown()).encrypted, true);
    await window.clearNotifications();
  });

  it("is opened with its key file, too, by the button of the box", async () => {
    await project?.forkpoint("store", "lock");
    await window.statusBarItem("demo: Store locked").waitFor();
    await window.runCommand("Forkpoint: Unlock Store…");
    await window.quickInput.titled("Unlock store").waitFor();
    await window.screenshot("encrypted-store-7-unlock");
    await window.page.getByRole("button", { name: "Use a Key File Instead" }).click();
    await window.quickInput.message.getByText("The key file.").waitFor();
    await window.quickInput.type(join(beside, "forkpoint.key"));
    await window.quickInput.accept();
    await window.notification("The store is unlocked.").waitFor();
    assert.ok(existsSync(join(beside, "keyed", "config")));
  });
});
