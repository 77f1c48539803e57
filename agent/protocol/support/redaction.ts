import { withoutSecrets } from "../secretText.ts";

/** A word that must not appear, and what stands in its place. */
export type PrivateName = readonly [word: string, instead: string];

/** Shorter names would take apart what the texts say. */
const shortestName = 3;

/** A frame of a stack trace says where in this program it was: the file's name and place are kept. */
const frame = /^(\s*at (?:[\w$.<>#[\] ]+ \()?)(?:[^()]*\/)?((?:node:)?[\w.-]+\.[cm]?[jt]s:\d+:\d+\)?)$/;
const address = /\b[a-z][\w+.-]*:\/\/[^\s"'`<>]*/gi;
/**
 * An absolute path up to what ends it in a sentence, since names may hold blanks: punctuation, or a word that our own
 * messages go on with.
 */
const path =
  /(?<![\w)<~:/])(?:~|\.{1,2})?\/[^"'`“”<>|\n]*?(?=["'`“”<>|\n]|[,;:] |[.!?…]?$|\. [A-Z]| \(| (?:is|are|was|has|had|have|holds?|cannot|could|does|do|did|lies|on|from|to|with|which|that|says?|there)\b)/gm;
/** What follows a name that stands for a folder. */
const below = /(\((?:folder|pool|image|home|path|store)[^()]*\))\/[^\s"'`“”<>|,;:]*/g;
const quoted = /“[^”]*”|"[^"\n]*"/g;
/** What has an extension, or folders, and no number alone: the name of a file, or as good as one. */
const fileName =
  /(?<![\w.(])(?:[\w@.-]+\/)+[\w@.-]*|(?<![\w.(])[\w@-][\w@.-]*\.[A-Za-z][A-Za-z0-9]{0,8}(?![\w.-]*\))\b/g;
/** Digests, tokens, keys: what nobody reads. */
const longToken = /\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{24,}/g;
const mail = /[\w.+-]+@[\w.-]+/g;

/** Takes out of texts what others need not know to help: secrets, paths, names of files, people, machines and projects. */
export class Redaction {
  readonly #names: readonly (readonly [RegExp, string])[];

  /** @param names what is private on this machine; the longest are looked for first */
  constructor(names: Iterable<PrivateName>) {
    this.#names = [...new Map(names)]
      .filter(([word]) => word.trim().length >= shortestName)
      .sort(([a], [b]) => b.length - a.length)
      .map(([word, instead]) => [wholeWord(word), instead]);
  }

  /** A text of several lines. Names of our own commands and files of this program stay. */
  text(text: string): string {
    return text
      .split("\n")
      .map((line) => this.#line(line))
      .join("\n");
  }

  /** All texts of a value; what its fields are called is ours and stays. */
  value(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((each) => this.value(each));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#field(key, each)]));
  }

  /** A line of the agent's log: JSON, or what a program printed. */
  logLine(line: string): string {
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      return this.text(line);
    }
    return JSON.stringify(this.value(parsed));
  }

  #field(key: string, value: unknown): unknown {
    if (typeof value !== "string") return this.value(value);
    if (ownWords.has(key) && /^[\w .,:;/+-]{1,80}$/.test(value)) return value;
    if (/Id$/.test(key) && /^[a-z0-9-]{1,40}$/.test(value)) return value;
    return this.text(value);
  }

  #line(line: string): string {
    const inStack = frame.exec(line);
    if (inStack) return `${inStack[1] ?? ""}${inStack[2] ?? ""}`;
    let text = withoutSecrets(line).replace(
      address,
      (found) => `${found.split(":", 1)[0] ?? ""}://(address)`,
    );
    text = text.replace(mail, "(address)");
    for (const [name, instead] of this.#names) text = text.replace(name, instead);
    return text
      .replace(below, "$1/(path)")
      .replace(path, "(path)")
      .replace(quoted, "“(name)”")
      .replace(longToken, "(long text)")
      .replace(fileName, (found) => (isOwn(found) ? found : "(file)"));
  }
}

/** Fields whose text is chosen by this program, of any kind that is shown here. */
const ownWords: ReadonlySet<string> = new Set(
  "time level method code kind state version node mode cause outcome durability privileges platform arch kernel at since".split(
    " ",
  ),
);

/** What has the form of a file's name and is part of this program or of how it is spoken of. */
function isOwn(found: string): boolean {
  return (
    /^(?:docs\/problems\.md|btrfs-progs|util-linux|Node\.js|and\/or|e\.g|i\.e)$/.test(found) ||
    isMethod(found)
  );
}

function isMethod(found: string): boolean {
  return /^(?:agent|pool|store|project|snapshot|timeline|operations|acts?|sync|changed)\/[a-zA-Z]+$/.test(
    found,
  );
}

function wholeWord(word: string): RegExp {
  const literal = word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const start = /^[\p{L}\p{N}_]/u.test(word) ? "(?<![\\p{L}\\p{N}_])" : "";
  const end = /[\p{L}\p{N}_]$/u.test(word) ? "(?![\\p{L}\\p{N}_])" : "";
  return new RegExp(`${start}${literal}${end}`, "gu");
}
