import { readFileSync } from "node:fs";
import { homedir, hostname, release, userInfo } from "node:os";
import { join } from "node:path";
import { launchLogFile, logFile } from "../endpoint.ts";
import { type ErrorBody, errorBody } from "../errors.ts";
import { jsonFile, type SupportFile } from "./bundle.ts";
import { type PrivateName, Redaction } from "./redaction.ts";

/** How much of a log goes into a bundle. */
export const logLines = 2000;
const secretVariable = /token|secret|passw|passphrase|credential|key/i;

/** What is private on every machine: who works here, where, on what, and what the environment holds of secrets. */
export function machineNames(env: NodeJS.ProcessEnv): PrivateName[] {
  const secrets = Object.entries(env).filter(([name, value]) => secretVariable.test(name) && value);
  return [
    ...secrets.map(([, value = ""]): PrivateName => [value, "…"]),
    [homedir(), "(home)"],
    [hostname(), "(host)"],
    ...[userName(), env["USER"], env["SUDO_USER"]]
      .filter((name) => name !== undefined && name !== "root")
      .map((name = ""): PrivateName => [name, "(user)"]),
  ];
}

/** Versions that are known without an agent. */
export function systemVersions(forkpoint: string): Record<string, string> {
  return {
    forkpoint,
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    kernel: release(),
    system: systemName(),
  };
}

/** What a bundle holds where no agent can be asked: why, and what the last one logged. */
export function filesWithoutAgent(about: {
  readonly home: string;
  readonly version: string;
  readonly why: unknown;
  readonly env: NodeJS.ProcessEnv;
}): SupportFile[] {
  const redaction = new Redaction([[about.home, "(home)"], ...machineNames(about.env)]);
  const { code, message, hint }: ErrorBody = errorBody(about.why);
  const log = (file: string) => lastLines(join(about.home, file)).map((line) => redaction.logLine(line));
  return [
    jsonFile("versions.json", "versions of Forkpoint and this system", systemVersions(about.version)),
    jsonFile("agent.json", "why the agent could not be asked", redaction.value({ code, message, hint })),
    textFile("agent.log", "the newest lines of the agent's log", log(logFile)),
    textFile("agent-start.log", "what the agent printed before it had a log", log(launchLogFile)),
  ];
}

/** Lines as a file of a bundle. */
export function textFile(name: string, about: string, lines: readonly string[]): SupportFile {
  return { name, about, text: lines.map((line) => `${line}\n`).join("") };
}

/** The newest lines of a file; none when it cannot be read, which itself is told by their absence. */
export function lastLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).slice(-logLines);
  } catch (thrown) {
    const { code = "unknown" } = thrown as NodeJS.ErrnoException;
    return [`It cannot be read (${code}).`];
  }
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the user database, as in many containers.
    return undefined;
  }
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}
