import { createHash } from "node:crypto";
import type { Processes } from "../host/processes.ts";
import { isOlder } from "../protocol/client/replaceOlderAgent.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { FileDigests, type InstalledRecord, readRecord, recordMode } from "./installedRecord.ts";
import type { NodeSource } from "./nodeSource.ts";
import type { Piece } from "./piece.ts";
import { ownershipProblem, putRootFile } from "./rootOwned.ts";

/** Where they lie. */
export interface ProgramFiles {
  readonly node: string;
  readonly program: string;
  readonly record: string;
}

const programMode = 0o755;
const textMode = 0o644;

/** What there is to install. */
export interface ProgramSources {
  /** The version of this Forkpoint. */
  readonly version: string;
  /** The bundled helper. */
  readonly helper: Buffer;
  /** Undefined where nothing is going to be installed. */
  readonly node: NodeSource | undefined;
}

/**
 * The helper's Node, the helper, and the record of both. A newer Forkpoint replaces them, each in one step, so a
 * call that runs meanwhile goes on with the old ones; an older one leaves them.
 */
export class HelperPrograms {
  readonly #processes: Processes;
  readonly #files: ProgramFiles;
  readonly #sources: ProgramSources;
  readonly #digests = new FileDigests();

  constructor(processes: Processes, files: ProgramFiles, sources: ProgramSources) {
    this.#processes = processes;
    this.#files = files;
    this.#sources = sources;
  }

  /** In the order in which they are put in place. */
  get pieces(): Piece[] {
    return [
      { name: "node", problem: () => this.#nodeProblem(), mend: () => this.#putNode() },
      { name: "helper", problem: () => this.#helperProblem(), mend: () => this.#putHelper() },
      { name: "record", problem: () => this.#recordProblem(), mend: () => this.#putRecord() },
    ];
  }

  async #nodeProblem(): Promise<string | undefined> {
    const { node, record } = this.#files;
    const wrong = await ownershipProblem(node, "file", programMode);
    if (wrong !== undefined) return wrong;
    const installed = await readRecord(record);
    if (installed?.node.sha256 !== (await this.#digests.of(node)))
      return `${node} is not the one that was installed.`;
    const source = this.#sources.node;
    if (!source || !isOlder(installed.node.version, source.version)) return undefined;
    return `${node} is Node ${installed.node.version}; ${source.version} is here.`;
  }

  async #helperProblem(): Promise<string | undefined> {
    const { program, record } = this.#files;
    const wrong = await ownershipProblem(program, "file", textMode);
    if (wrong !== undefined) return wrong;
    const installed = await readRecord(record);
    const has = await this.#digests.of(program);
    if (installed?.helper.sha256 !== has) return `${program} is not the one that was installed.`;
    const { version } = this.#sources;
    if (has === this.#ours || isOlder(version, installed.version)) return undefined;
    return `The helper is that of Forkpoint ${installed.version}; this is another, ${version}.`;
  }

  async #recordProblem(): Promise<string | undefined> {
    const { node, program, record } = this.#files;
    const wrong = await ownershipProblem(record, "file", recordMode);
    if (wrong !== undefined) return wrong;
    const installed = await readRecord(record);
    if (!installed) return `${record} cannot be read.`;
    if (isOlder(installed.version, this.#sources.version)) {
      return `${record} is that of Forkpoint ${installed.version}; this is ${this.#sources.version}.`;
    }
    const right =
      (await ownershipProblem(node, "file", programMode)) === undefined &&
      (await ownershipProblem(program, "file", textMode)) === undefined &&
      installed.node.sha256 === (await this.#digests.of(node)) &&
      installed.helper.sha256 === (await this.#digests.of(program));
    return right ? undefined : `${record} does not say what is installed.`;
  }

  /** @throws ForkpointError NODE_TOO_OLD when the copy does not run by itself */
  async #putNode(): Promise<void> {
    const source = this.#sources.node;
    if (!source) return;
    await putRootFile(this.#files.node, programMode, { copyOf: source.file }, async (copy) => {
      const version = await this.#versionOf(copy).catch(() => undefined);
      if (version === source.version) return;
      throw new ForkpointError("NODE_TOO_OLD", `A copy of ${source.file} does not run by itself.`, {
        hint: "Name a Node 24 that is one whole program with --node FILE.",
      });
    });
  }

  async #putHelper(): Promise<void> {
    await putRootFile(this.#files.program, textMode, this.#sources.helper);
  }

  async #putRecord(): Promise<void> {
    const { node, program, record } = this.#files;
    const installed: InstalledRecord = {
      version: this.#sources.version,
      node: { version: await this.#versionOf(node), sha256: await this.#digests.of(node) },
      helper: { sha256: await this.#digests.of(program) },
    };
    await putRootFile(record, recordMode, Buffer.from(`${JSON.stringify(installed, null, 2)}\n`));
  }

  get #ours(): string {
    return createHash("sha256").update(this.#sources.helper).digest("hex");
  }

  /** Started as the helper will be: with nothing of this environment. */
  async #versionOf(node: string): Promise<string> {
    const { stdout } = await this.#processes.run("/usr/bin/env", ["-i", node, "--version"]);
    return stdout.toString("utf8").trim().replace(/^v/, "");
  }
}
