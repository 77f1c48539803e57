const longest = 200;
/** More is not even looked at: what is kept is shorter by far. */
const mostRead = 1000;
const hidden = "…";

const secretName = String.raw`[\w.-]*(?:passw(?:or)?d|passphrase|pass|pwd|token|secret|api[-_.]?key|access[-_.]?key|private[-_.]?key|auth(?:orization)?|credentials?)`;
const value = String.raw`(?:"[^"]*"?|'[^']*'?|[^\s"'&;|]+)`;

/** What looks like a secret, and what stands in its place. In this order. */
const rules: readonly (readonly [RegExp, string])[] = [
  // user:password@host, in any address
  [/(\w+:\/\/)[^\s/@"']+@/g, `$1${hidden}@`],
  // "Authorization: Bearer …"
  [
    /\b(authorization|proxy-authorization|x-[\w-]*(?:key|token|auth)[\w-]*|cookie)\s*:\s*[^"']+/gi,
    `$1: ${hidden}`,
  ],
  [/\b(bearer|basic)\s+[\w.+/=~-]{8,}/gi, `$1 ${hidden}`],
  // TOKEN=…, --password=…, --password …, ?token=…
  [new RegExp(`(${secretName}["']?\\s*=\\s*)${value}`, "gi"), `$1${hidden}`],
  [new RegExp(`(--?${secretName}\\s+)(?!-)${value}`, "gi"), `$1${hidden}`],
  // mysql -pSECRET, curl -u user:password, sshpass -p SECRET
  [/\b((?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b.*?\s-p)(?=\S)[^\s]+/g, `$1${hidden}`],
  [/(\s(?:-u|--user)[\s=]*["']?[^\s:"']+:)[^\s"']+/g, `$1${hidden}`],
  [new RegExp(`(\\b(?:sshpass|docker login|podman login)\\b.*?\\s-p\\s*)${value}`, "g"), `$1${hidden}`],
  // Keys that say by their form what they are
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|sk-|xox[abprs]-|AKIA|ASIA|pypi-|hf_|dop_v1_)[\w-]{8,}/g, hidden],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, hidden],
];

/**
 * A command line as the timeline keeps it: its first line, without control characters, without what looks like a
 * secret, and of at most 200 characters.
 */
export function commandText(command: string): string {
  const [first = "", ...more] = command.trim().slice(0, mostRead).split(/\r?\n/);
  const plain = first
    .replace(/\\$/, "")
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ");
  let text = plain.replace(/\s+/g, " ").trim();
  for (const [secret, instead] of rules) text = text.replace(secret, instead);
  if (more.length > 0) text = `${text} ${hidden}`;
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
