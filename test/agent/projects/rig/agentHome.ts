import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one test: the agent's home, images and sources. Unmounts and detaches what is left in it. */
export interface AgentHome {
  readonly path: string;
  /** Mount points below the folder. */
  mounts(): string[];
  /** Loop devices whose file lies below the folder. */
  loops(): string[];
  close(): void;
}

export function makeAgentHome(): AgentHome {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "forkpoint-projects-")));
  const home: AgentHome = {
    path,
    mounts: () =>
      readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .map((line) => line.split(" ")[4] ?? "")
        .filter((mount) => mount.startsWith(`${path}/`)),
    loops: () =>
      execFileSync("losetup", ["--noheadings", "--raw", "--output", "NAME,BACK-FILE"], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes(` ${path}/`))
        .map((line) => line.split(" ")[0] ?? ""),
    close() {
      for (const mount of home.mounts().reverse()) execFileSync("umount", ["--lazy", "-d", mount]);
      for (const loop of home.loops()) execFileSync("losetup", ["--detach", loop]);
      if (existsSync(path)) rmSync(path, { recursive: true });
    },
  };
  return home;
}
