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

/** A text without what looks like a secret: passwords, tokens, keys, credentials in addresses. */
export function withoutSecrets(text: string): string {
  let shown = text;
  for (const [secret, instead] of rules) shown = shown.replace(secret, instead);
  return shown;
}
