import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

/** A session bus of its own with a real keyring on it, which programs of this process find. */
export interface SessionKeyring {
  /** Ends the keyring and leaves the bus. */
  endKeyring(): void;
  close(): void;
}

export async function openSessionKeyring(): Promise<SessionKeyring> {
  const folder = mkdtempSync(join(tmpdir(), "forkpoint-keyring-"));
  const before = { ...process.env };
  for (const name of ["home", "run"]) mkdirSync(join(folder, name), { mode: 0o700 });
  process.env["HOME"] = join(folder, "home");
  process.env["XDG_RUNTIME_DIR"] = join(folder, "run");
  delete process.env["XDG_DATA_HOME"];
  const where = `--address=unix:dir=${folder}`;
  const bus = spawn("dbus-daemon", ["--session", "--nofork", "--print-address", where], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [address] = (await once(createInterface({ input: bus.stdout }), "line")) as [string];
  process.env["DBUS_SESSION_BUS_ADDRESS"] = address;
  const keyring = spawn("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  keyring.stdin.end("\n");
  await answering();
  return {
    endKeyring: () => void keyring.kill("SIGKILL"),
    close() {
      keyring.kill("SIGKILL");
      bus.kill("SIGKILL");
      for (const name of ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS"]) {
        if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = before[name];
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for the keyring to be on the bus; the test's own limit ends a wait in vain. */
async function answering(): Promise<void> {
  for (;;) {
    const names = execFileSync(
      "dbus-send",
      [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus.ListNames",
      ],
      { encoding: "utf8" },
    );
    if (names.includes("org.freedesktop.secrets")) return;
    await pause(50);
  }
}
