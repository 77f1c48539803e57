import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout that these scripts belong to. */
export const checkout = resolve(import.meta.dirname, "..");

/** What is fetched once and shared by all checkouts: Node 24, the VS Code server. */
export const cacheFolder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "forkpoint");

/** Where the scripts keep the full output of what they run. */
export const logFolder = join(cacheFolder, "logs");
