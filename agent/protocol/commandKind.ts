import type { ActCause } from "./acts.ts";

/** What a command line does, as far as its words tell. */
export type CommandKind = Extract<ActCause, "git" | "install" | "test" | "deletion">;

/** One command of a line: its program without folders, and what follows it. */
interface Command {
  readonly program: string;
  readonly words: readonly string[];
}

/** Words before a command that leave it the same command. */
const wrappers = new Set([
  "sudo",
  "time",
  "nice",
  "nohup",
  "env",
  "command",
  "exec",
  "corepack",
  "npx",
  "bunx",
  "pnpx",
]);

const gitVerbs = words(
  "checkout switch merge rebase pull reset revert cherry-pick stash restore clean am apply bisect submodule sparse-checkout lfs",
);
const installVerbs: Readonly<Record<string, ReadonlySet<string>>> = {
  npm: words(
    "i in ins install ci clean-install add un uninstall remove rm r up update upgrade dedupe ddp prune rebuild rb link ln audit",
  ),
  pnpm: words(
    "i install add remove rm uninstall un up update upgrade import dedupe prune rebuild rb link ln unlink",
  ),
  yarn: words("install add remove up upgrade dedupe link unlink set"),
  bun: words("i install add a remove rm update link unlink"),
  deno: words("install i add remove rm uninstall"),
  pip: words("install uninstall sync"),
  pipx: words("install uninstall upgrade upgrade-all"),
  poetry: words("add install remove update lock sync"),
  pipenv: words("install uninstall update sync lock"),
  uv: words("add sync remove lock"),
  pdm: words("add install remove update sync lock"),
  conda: words("install create update remove env"),
  mamba: words("install create update remove env"),
  cargo: words("add remove rm update fetch install uninstall vendor"),
  go: words("get install"),
  bundle: words("install update add remove"),
  gem: words("install uninstall update"),
  composer: words("install i update u upgrade require r remove"),
  apt: words("install remove purge upgrade full-upgrade autoremove"),
  "apt-get": words("install remove purge upgrade dist-upgrade autoremove"),
  dnf: words("install remove upgrade"),
  apk: words("add del upgrade"),
  brew: words("install uninstall upgrade"),
  mix: words("deps.get deps.update"),
  pub: words("get add upgrade remove"),
};
const aliases: Readonly<Record<string, string>> = { pip3: "pip", pnpx: "pnpm", yarnpkg: "yarn" };
/** What installs when nothing but options follows it. */
const bareInstallers = new Set(["yarn", "bundle"]);

const testPrograms = words(
  "pytest py.test tox nox jest mocha ava vitest tap c8 nyc phpunit rspec ctest karma",
);
const testVerbs: Readonly<Record<string, ReadonlySet<string>>> = {
  go: words("test"),
  cargo: words("test t nextest"),
  bun: words("test"),
  deno: words("test"),
  mix: words("test"),
  dotnet: words("test"),
  mvn: words("test verify"),
  gradle: words("test check"),
  gradlew: words("test check"),
  make: words("test tests check"),
  just: words("test"),
  rake: words("test spec"),
  swift: words("test"),
  playwright: words("test"),
  cypress: words("run"),
  rails: words("test"),
};

/**
 * What a command line does that people may want to return from. Of several commands the last one decides when it runs
 * tests, since the line's exit status is its own; else the first one that is known. Null when none is.
 */
export function commandKind(line: string): CommandKind | null {
  const kinds = commandsOf(line).map(kindOf);
  if (kinds.at(-1) === "test") return "test";
  return kinds.find((kind) => kind !== null && kind !== "test") ?? null;
}

/** Whether it is a command of Forkpoint's own, which says itself what it does. */
export function isOwnCommand(line: string): boolean {
  return commandsOf(line).every(({ program }) => program === "forkpoint" || program === "forkpoint.mjs");
}

function kindOf({ program, words: given }: Command): CommandKind | null {
  const name = aliases[program] ?? program;
  const rest = withoutOptions(name, given);
  const [verb = "", next = ""] = rest;
  if (name === "git") return gitVerbs.has(verb) ? "git" : null;
  if (name === "rm") return given.some((word) => /^-\w*[rR]|^--recursive$/.test(word)) ? "deletion" : null;
  if (/^python[\d.]*$|^py$/.test(name)) {
    const at = given.indexOf("-m");
    const [program = "", ...after] = at === -1 ? [] : given.slice(at + 1);
    if (program === "unittest") return "test";
    return program === "" ? null : kindOf({ program, words: after });
  }
  if (name === "node") return given.includes("--test") ? "test" : null;
  if (name === "uv" && verb === "pip") return kindOf({ program: "pip", words: rest.slice(1) });
  if ((name === "uv" || name === "poetry" || name === "pipenv" || name === "pdm") && verb === "run")
    return again(rest.slice(1));
  if (name === "bundle" && verb === "exec") return again(rest.slice(1));
  if (name === "dart" || name === "flutter")
    return verb === "pub"
      ? kindOf({ program: "pub", words: rest.slice(1) })
      : verb === "test"
        ? "test"
        : null;
  if (name === "go" && verb === "mod") return /^(tidy|download|vendor)$/.test(next) ? "install" : null;
  if (["npm", "pnpm", "yarn", "bun"].includes(name)) {
    if (name === "npm" && verb === "exec") return again(rest.slice(1));
    if (["pnpm", "yarn"].includes(name) && ["exec", "dlx"].includes(verb)) return again(rest.slice(1));
    if (/^(?:test|t|tst)(?::|$)/.test(verb)) return "test";
    if (/^(?:run|run-script|rum)$/.test(verb) && /^tests?(?::|$)/.test(next)) return "test";
  }
  if (testPrograms.has(name) || testVerbs[name]?.has(verb)) return "test";
  if (verb === "" && bareInstallers.has(name)) return "install";
  return installVerbs[name]?.has(verb) ? "install" : null;
}

function again(given: readonly string[]): CommandKind | null {
  const [program, ...rest] = given;
  return program === undefined ? null : kindOf({ program: baseName(program), words: rest });
}

/** The words that are no options; of git's and npm's, those that take a value with it. */
function withoutOptions(program: string, given: readonly string[]): string[] {
  const valued =
    program === "git" ? ["-C", "-c"] : ["--prefix", "--cwd", "-C", "--dir", "-w", "--workspace", "--filter"];
  const rest: string[] = [];
  for (let at = 0; at < given.length; at++) {
    const word = given[at] ?? "";
    if (valued.includes(word)) at++;
    else if (!word.startsWith("-") || rest.length > 0) rest.push(word);
  }
  return rest;
}

/** The commands of a line, split where a shell splits them; what is quoted stays together. */
function commandsOf(line: string): Command[] {
  const commands: Command[] = [];
  let current: string[] = [];
  const end = () => {
    const words = unwrapped(current);
    const [program, ...rest] = words;
    if (program !== undefined) commands.push({ program: baseName(program), words: rest });
    current = [];
  };
  for (const [token] of line
    .slice(0, 10_000)
    .matchAll(/&&|\|\||[;|&\n]|(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s;|&"'\\])+/g)) {
    if (/^(?:&&|\|\||[;|&\n])$/.test(token)) end();
    else current.push(token.replace(/^(["'])(.*)\1$/s, "$2"));
  }
  end();
  return commands;
}

function unwrapped(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? "";
    if (/^[A-Za-z_]\w*=/.test(word) || word === "(" || word === "{" || wrappers.has(baseName(word))) at++;
    else if (at > 0 && word.startsWith("-")) at++;
    else break;
  }
  return words.slice(at);
}

function baseName(path: string): string {
  return path.split("/").at(-1) ?? path;
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
