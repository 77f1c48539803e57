import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { geteuid } from "node:process";
import { type CrashPoint, neverCrash } from "../host/crashPoints.ts";
import { Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { helperPlaces } from "../volumes/privileged/helperPlaces.ts";
import { examineSetup } from "./examineSetup.ts";
import { HelperCall } from "./helperCall.ts";
import type { ProgramSources } from "./helperPrograms.ts";
import { NeededPackages } from "./neededPackages.ts";
import { findNode, type NodeSource } from "./nodeSource.ts";
import type { Finding } from "./piece.ts";
import { piecesFor, type SetupGround } from "./pieces.ts";
import { putInPlace } from "./putInPlace.ts";
import { setupWords } from "./setupWords.ts";
import { systemdRuns } from "./bootUnit.ts";
import { takeBack } from "./takeBack.ts";
import { findAccount, type UserAccount } from "./userAccount.ts";

/** The bundled helper, beside this program; among the sources, where the build puts it. */
const bundledHelper = import.meta.filename.endsWith(".ts")
  ? join(import.meta.dirname, "..", "..", "dist", "helper.mjs")
  : join(import.meta.dirname, "helper.mjs");

/** It goes into a sudoers file, where other characters mean something. */
const plainPath = /^(\/[A-Za-z0-9._+-]+)+$/;

interface HowToSetUp {
  readonly version: string;
  readonly helper: string;
  readonly crashPoint: CrashPoint;
}

/** The set-up of the helper for one user of this machine. */
export class Setup {
  readonly user: UserAccount;
  readonly #ground: SetupGround;
  readonly #how: HowToSetUp;

  private constructor(user: UserAccount, ground: SetupGround, how: HowToSetUp) {
    this.user = user;
    this.#ground = ground;
    this.#how = how;
  }

  /**
   * @param options.helper the bundled helper, when it is not beside this program
   * @param options.root a folder below which everything is installed; the system when undefined
   * @throws ForkpointError USER_REFUSED, BAD_REQUEST
   */
  static async for(options: {
    readonly user: string;
    readonly root: string | undefined;
    /** Of this Forkpoint. */
    readonly version: string;
    readonly helper?: string;
    readonly crashPoint?: CrashPoint;
  }): Promise<Setup> {
    if (options.root !== undefined && !plainPath.test(options.root)) {
      throw new ForkpointError("BAD_REQUEST", `${options.root} is no absolute path of plain characters.`);
    }
    const processes = new Processes();
    const ground = { processes, places: helperPlaces(options.root), systemd: await systemdRuns() };
    const user = await findAccount(processes, options.user);
    const { version, helper = bundledHelper, crashPoint = neverCrash } = options;
    return new Setup(user, ground, { version, helper, crashPoint });
  }

  /** @throws ForkpointError NEEDS_ROOT, with `command` as what to run instead */
  requireRoot(command: string): void {
    if (geteuid?.() === 0) return;
    throw new ForkpointError("NEEDS_ROOT", "Only root can set up or take back the helper.", {
      hint: `Run: ${command}`,
    });
  }

  /**
   * What is going to be installed, in plain words.
   * @param node what a person chose, else the best there is
   * @throws ForkpointError NODE_TOO_OLD
   */
  async words(node: string | undefined, removal: string): Promise<string> {
    const { processes } = this.#ground;
    const source = await findNode(processes, node);
    return setupWords(
      this.#ground,
      this.user,
      source,
      await new NeededPackages(processes).missing(),
      removal,
    );
  }

  /** @returns what was changed. @throws as `putInPlace` */
  async install(node: string | undefined, report: (name: string) => void): Promise<string[]> {
    const { crashPoint } = this.#how;
    const sources = await this.#sources(await findNode(this.#ground.processes, node));
    return putInPlace(this.#ground, this.user, sources, { crashPoint, report });
  }

  /** How every piece is; `command` mends. */
  async check(command: string): Promise<Finding[]> {
    const { processes, places } = this.#ground;
    const pieces = piecesFor(this.#ground, this.user, await this.#sources(undefined));
    return examineSetup([...pieces, new HelperCall(processes, places.lib, this.user)], command);
  }

  /** @returns what was removed. @throws as `takeBack` */
  async remove(): Promise<string[]> {
    return takeBack(this.#ground, this.user, this.#how.crashPoint);
  }

  async #sources(node: NodeSource | undefined): Promise<ProgramSources> {
    const { version, helper } = this.#how;
    try {
      return { version, node, helper: await readFile(helper) };
    } catch (cause) {
      throw new ForkpointError("SETUP_BLOCKED", `The helper itself cannot be read from ${helper}.`, {
        cause,
        hint: "Install Forkpoint anew; in a checkout of its sources, run `npm run build`.",
      });
    }
  }
}
