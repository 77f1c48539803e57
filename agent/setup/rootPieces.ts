import { lstat, readFile } from "node:fs/promises";
import { ForkpointError } from "../protocol/errors.ts";
import type { Piece } from "./piece.ts";
import { ownershipProblem, putRootFile, putRootFolder, unsafeAncestor } from "./rootOwned.ts";

/** A folder of root, below folders that only root can write. */
export class RootFolder implements Piece {
  readonly name: string;
  readonly path: string;
  readonly #mode: number;
  readonly #gid: number;
  readonly #beforeMending: () => Promise<unknown>;

  /** @param beforeMending what has to go before what lies in the folder can be trusted again */
  constructor(
    name: string,
    path: string,
    mode: number,
    {
      gid = 0,
      beforeMending = () => Promise.resolve(),
    }: { gid?: number; beforeMending?: () => Promise<unknown> } = {},
  ) {
    this.name = name;
    this.path = path;
    this.#mode = mode;
    this.#gid = gid;
    this.#beforeMending = beforeMending;
  }

  async problem(): Promise<string | undefined> {
    return (
      (await this.#unsafePlace()) ?? (await ownershipProblem(this.path, "folder", this.#mode, this.#gid))
    );
  }

  /** @throws ForkpointError SETUP_BLOCKED */
  async mend(): Promise<void> {
    const unsafe = await this.#unsafePlace();
    if (unsafe !== undefined) {
      throw new ForkpointError("SETUP_BLOCKED", unsafe, {
        hint: "Give that folder to root alone (`chown root:root`, `chmod go-w`), and run the set-up again.",
      });
    }
    await this.#beforeMending();
    await putRootFolder(this.path, this.#mode, this.#gid);
  }

  async #unsafePlace(): Promise<string | undefined> {
    const folder = await unsafeAncestor(this.path);
    if (folder === undefined) return undefined;
    return `Others than root may write to ${folder}, in which ${this.path} lies.`;
  }
}

/** A small file of root whose whole content is known. */
export class RootFile implements Piece {
  readonly name: string;
  readonly path: string;
  readonly #mode: number;
  readonly #content: Buffer;

  constructor(name: string, path: string, mode: number, content: string) {
    this.name = name;
    this.path = path;
    this.#mode = mode;
    this.#content = Buffer.from(content);
  }

  async problem(): Promise<string | undefined> {
    const wrong = await ownershipProblem(this.path, "file", this.#mode);
    if (wrong !== undefined) return wrong;
    const { size } = await lstat(this.path);
    const same = size === this.#content.length && this.#content.equals(await readFile(this.path));
    return same ? undefined : `${this.path} has another content than it should have.`;
  }

  async mend(): Promise<void> {
    await putRootFile(this.path, this.#mode, this.#content);
  }
}
