import type { Project } from "../../protocol/project.ts";

const usual =
  "Forkpoint keeps snapshots of a whole workspace: code, installed dependencies, database files. Take one with `snapshot` before " +
  "anything risky, see what changed with `diff` and `show`, and go back with `restore`. A snapshot is named by its id or the first " +
  "four or more characters of it; `timeline` lists them.";

const turnsKept =
  " The state before your turn is kept by itself: with your first call of a tool, so call one (`timeline`, say) before you change " +
  "anything. So is what came of it, once you have called none for a minute; there is no need for snapshots of these two.";

/** What a client tells its model about this server. */
export function instructions(fork: Project | null, restoresFreely: boolean, turns: boolean): string {
  const common = turns ? usual + turnsKept : usual;
  if (fork) {
    const of = fork.forkedFrom?.slug ?? "a project";
    return (
      `${common}\n\nYou work on ${fork.slug}, a fork of ${of}. Its folder is ${fork.path}: read and change files there, and nowhere ` +
      "else. All tools act on this fork alone; the original cannot be reached with them. Restores ask nobody."
    );
  }
  const asked = restoresFreely ? "`restore` asks nobody here." : "`restore` asks a person first.";
  return `${common}\n\n${asked} To try something without touching the workspace, make a fork with \`fork\` and work in its folder.`;
}
