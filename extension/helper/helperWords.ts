import * as l10n from "@vscode/l10n";
import { shellWords } from "../../agent/protocol/shellWords.ts";

export const helperQuestion = l10n.t("Set up the helper, so that Forkpoint works without root?");

/** What a person agrees to: what is installed, why, what it may do, and how it is taken back. */
export function helperDetail(user: string, command: readonly string[]): string {
  return [
    l10n.t(
      "Linux lets only root make and mount file systems, and read or write whole snapshots. The helper is a small program, owned by root, that does these things for you and nothing else.",
    ),
    l10n.t(
      "It works on pool files that {user} owns. It gives nobody a shell, and mounts pools so that no program in them can become root.",
      { user },
    ),
    l10n.t(
      "It is installed in /usr/local/lib/forkpoint, with a Node of its own, keeps its list of pools in /var/lib/forkpoint, and gets one rule in /etc/sudoers.d. Missing Debian packages are installed too.",
    ),
    l10n.t(
      "A terminal opens and runs this; it asks for your password, says everything again and waits for your yes:\n{command}",
      { command: shellWords(command) },
    ),
    l10n.t("With --remove at its end the same command takes all of it back."),
  ].join("\n\n");
}
