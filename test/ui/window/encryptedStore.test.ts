import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectInWindow } from "../support/projectInWindow.ts";

const first = "Quetzalcoatl rides again";
const second = "Tlaloc stays at home";

describe("a store that is set up encrypted", function () {
  this.timeout(400_000);
  let beside: string;

  const on = projectInWindow();
  before(async () => {
    beside = dirname(on.project.home);
    await on.window.statusBarItem("demo").waitFor();
  });

  const chooseFolder = async (name: string) => {
    await on.window.runCommand("Forkpoint: Set Store…");
    await on.window.quickInput.titled("Set store (1 of 2)").waitFor();
    await on.window.quickInput.choose("Folder");
    await on.window.quickInput.titled("Set store (2 of 2)").waitFor();
    await on.window.quickInput.type(join(beside, name));
    await on.window.quickInput.accept();
    await on.window.quickInput.row("Leave it readable").waitFor();
  };
  const shown = async () =>
    (await on.project.forkpoint("store", "show")) as { url: string; encrypted: boolean; state: string };
  const answer = async (title: string | RegExp, text: string) => {
    await on.window.quickInput.titled(title).waitFor();
    await on.window.quickInput.type(text);
    await on.window.quickInput.accept();
  };

  it("takes a bucket's address only when it is one", async () => {
    await on.window.runCommand("Forkpoint: Set Store…");
    await on.window.quickInput.choose("S3 bucket");
    await on.window.quickInput.titled("Set store (2 of 2)").waitFor();
    await on.window.quickInput.type("s3://ada:secret@bucket/prefix");
    await on.window.quickInput.message.getByText("Leave credentials out").waitFor();
    await on.window.screenshot("encrypted-store-1-bucket");
    await on.window.quickInput.dismiss();
  });

  it("asks who may read it, and for a new passphrase twice", async () => {
    await chooseFolder("sealed");
    await on.window.screenshot("encrypted-store-2-who-may-read");
    await on.window.quickInput.choose("Encrypt it with a passphrase");
    await on.window.quickInput.titled("Encrypt the store").waitFor();
    await on.window.page.locator(".quick-input-widget input[type=password]").waitFor();
    await on.window.quickInput.type("short");
    await on.window.quickInput.message.getByText("Use at least 8 characters").waitFor();
    await on.window.quickInput.type(first);
    await on.window.screenshot("encrypted-store-3-new-passphrase");
    await on.window.quickInput.accept();
    await on.window.quickInput.message.getByText("The same again").waitFor();
    await on.window.quickInput.type(second);
    await on.window.quickInput.message.getByText("The two differ.").waitFor();
    await on.window.screenshot("encrypted-store-4-differ");
    await on.window.quickInput.type(first);
    await on.window.quickInput.accept();
    await on.window.notification("The store is set.").waitFor();
    const { encrypted, url } = await shown();
    assert.deepEqual([encrypted, url], [true, `dir://${join(beside, "sealed")}`]);
    await on.window.clearNotifications();
  });

  it("changes its passphrase for whoever knows the present one", async () => {
    for (const [present, said] of [
      [second, "The passphrase does not open this repository."],
      [first, "The passphrase is changed."],
    ] as const) {
      await on.window.runCommand("Forkpoint: Change Store Passphrase…");
      await answer("Change store passphrase (1 of 2)", present);
      await answer("Change store passphrase (2 of 2)", second);
      await on.window.quickInput.message.getByText("The same again").waitFor();
      await answer("Change store passphrase (2 of 2)", second);
      await on.window.notification(said).waitFor();
      await on.window.screenshot("encrypted-store-5-changed");
      await on.window.clearNotifications();
    }
  });

  it("opens with the new one only, once it is locked", async () => {
    await on.project.forkpoint("store", "lock");
    for (const [typed, said] of [
      [first, "The passphrase does not open this repository."],
      [second, "The store is unlocked."],
    ] as const) {
      await on.window.statusBarItem("demo: Store locked").waitFor();
      await on.window.runCommand("Forkpoint: Unlock Store…");
      await answer("Unlock store", typed);
      await on.window.notification(said).waitFor();
      await on.window.clearNotifications();
    }
    await on.window.statusBarItem("demo: Store locked").waitFor({ state: "hidden" });
  });

  it("takes a key file instead, which is made for its owner only", async () => {
    const file = join(beside, "forkpoint.key");
    await chooseFolder("keyed");
    await on.window.quickInput.choose("Encrypt it with a key file");
    await on.window.quickInput.titled("Encrypt the store").waitFor();
    await on.window.quickInput.type("forkpoint.key");
    await on.window.quickInput.message.getByText("Type an absolute path.").waitFor();
    await on.window.quickInput.type(file);
    await on.window.screenshot("encrypted-store-6-key-file");
    await on.window.quickInput.accept();
    await on.window.notification("The store is set.").waitFor();
    const { size, mode } = statSync(file);
    assert.deepEqual([size, mode & 0o777], [32, 0o600]);
    assert.equal((await shown()).encrypted, true);
    await on.window.clearNotifications();
  });

  it("is opened with its key file, too, by the button of the box", async () => {
    await on.project.forkpoint("store", "lock");
    await on.window.statusBarItem("demo: Store locked").waitFor();
    await on.window.runCommand("Forkpoint: Unlock Store…");
    await on.window.quickInput.titled("Unlock store").waitFor();
    await on.window.screenshot("encrypted-store-7-unlock");
    await on.window.page.getByRole("button", { name: "Use a Key File Instead" }).click();
    await on.window.quickInput.message.getByText("The key file.").waitFor();
    await on.window.quickInput.type(join(beside, "forkpoint.key"));
    await on.window.quickInput.accept();
    await on.window.notification("The store is unlocked.").waitFor();
    assert.ok(existsSync(join(beside, "keyed", "config")));
  });
});
