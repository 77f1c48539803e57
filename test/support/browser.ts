import { chromium, type Browser } from "playwright-core";

/** A real browser without a window; its profile is a temporary folder that goes with it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["FORKPOINT_TEST_BROWSER"] ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
