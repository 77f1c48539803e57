import { userInfo } from "node:os";

/** The name of the user the agent runs as; the number of one that has no name. */
export function currentAuthor(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the user database, as in many containers.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
