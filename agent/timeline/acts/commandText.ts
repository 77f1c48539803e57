import { withoutSecrets } from "../../protocol/secretText.ts";

const longest = 200;
/** More is not even looked at: what is kept is shorter by far. */
const mostRead = 1000;
/**
 * A command line as the timeline keeps it: its first line, without control characters, without what looks like a
 * secret, and of at most 200 characters.
 */
export function commandText(command: string): string {
  const [first = "", ...more] = command.trim().slice(0, mostRead).split(/\r?\n/);
  const plain = first
    .replace(/\\$/, "")
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ");
  let text = withoutSecrets(plain.replace(/\s+/g, " ").trim());
  if (more.length > 0) text = `${text} …`;
  return shortened(text);
}

/** Several commands that are one act, as one text. */
export function joinedText(text: string, next: string): string {
  return text.split("; ").includes(next) ? text : shortened(`${text}; ${next}`);
}

function shortened(text: string): string {
  if (text.length <= longest) return text;
  // Half of a character is none.
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
