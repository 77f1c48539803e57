import { lstat } from "node:fs/promises";
import { basename } from "node:path";
import type { Processes } from "../host/processes.ts";
import { type HelperPlaces, mountAllArgument } from "../volumes/privileged/helperPlaces.ts";
import type { Piece } from "./piece.ts";
import { removeRootFile, unlessMissing } from "./rootOwned.ts";
import { RootFile } from "./rootPieces.ts";

const mode = 0o644;

/** Whether systemd runs this machine. https://www.freedesktop.org/software/systemd/man/sd_booted.html */
export async function systemdRuns(): Promise<boolean> {
  return (await lstat("/run/systemd/system").catch(unlessMissing)) !== undefined;
}

/**
 * Mounts the pools once when the machine starts. At its end systemd unmounts them as it does with all file
 * systems.
 */
export function bootUnitText({ node, program }: Pick<HelperPlaces, "node" | "program">): string {
  return `[Unit]
Description=Mount the pools of Forkpoint
Documentation=man:btrfs(5)
After=local-fs.target remote-fs.target
RequiresMountsFor=${node}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/env -i ${node} ${program} ${mountAllArgument}

[Install]
WantedBy=multi-user.target
`;
}

/** The unit in systemd's folder, and that it is started with the machine. */
export class BootUnit {
  readonly #processes: Processes;
  readonly #file: string;
  readonly #text: string;
  readonly #systemctl: readonly string[];

  /** @param root another system's root folder, whose systemd does not run */
  constructor(processes: Processes, file: string, text: string, root?: string) {
    this.#processes = processes;
    this.#file = file;
    this.#text = text;
    this.#systemctl = root === undefined ? [] : ["--root", root];
  }

  get pieces(): Piece[] {
    return [
      new RootFile("systemd unit", this.#file, mode, this.#text),
      { name: "systemd start", problem: () => this.#startProblem(), mend: () => this.#enable() },
    ];
  }

  /** @returns whether anything was there */
  async remove(): Promise<boolean> {
    if ((await lstat(this.#file).catch(unlessMissing)) === undefined) return false;
    await this.#run("disable");
    await removeRootFile(this.#file);
    return true;
  }

  async #startProblem(): Promise<string | undefined> {
    try {
      await this.#run("is-enabled");
      return undefined;
    } catch {
      // It says so by its exit status alone.
      return `${basename(this.#file)} is not started with the machine.`;
    }
  }

  async #enable(): Promise<void> {
    await this.#run("enable");
  }

  async #run(verb: string): Promise<void> {
    await this.#processes.run("systemctl", [...this.#systemctl, "--quiet", verb, basename(this.#file)]);
  }
}
