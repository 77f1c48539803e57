import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { loopDevicesBelow, mountsBelow } from "../../../../scripts/machine.mjs";
import { callHelper, type Called, type CallOptions, shellAs } from "../../../support/helperCall.ts";
import type { TestUser } from "../../../support/asUser/testUser.ts";
import { type HelperInstall, installHelper } from "../../../support/helperInstall.ts";

/** A pool of a user, mounted by the helper. */
export interface UserPool {
  readonly name: string;
  readonly image: string;
  readonly path: string;
}

/** Two users who may call the helper: ann, and bob, whom ann attacks. */
export class HelperScene {
  readonly install: HelperInstall;
  readonly ann: TestUser;
  readonly bob: TestUser;

  private constructor(install: HelperInstall, ann: TestUser, bob: TestUser) {
    this.install = install;
    this.ann = ann;
    this.bob = bob;
  }

  static async open(): Promise<HelperScene> {
    const install = await installHelper();
    const [ann, bob] = install.users;
    if (!ann || !bob) throw new Error("There are no users.");
    return new HelperScene(install, ann, bob);
  }

  close(): void {
    this.install.close();
  }

  call(user: TestUser, request: object | Buffer, options?: CallOptions): Promise<Called> {
    return callHelper(this.install, user, request, options);
  }

  /** A call that has to succeed; its answer. */
  async done(user: TestUser, request: object, options?: CallOptions): Promise<Called> {
    const called = await this.call(user, request, options);
    assert.equal(called.status, 0, `${JSON.stringify(request)}: ${called.stderr}`);
    return called;
  }

  /** A call that has to be refused with this code, and to change nothing. */
  async refused(
    user: TestUser,
    request: object | Buffer,
    code: string | readonly string[],
    options?: CallOptions,
  ): Promise<void> {
    const before = this.everything();
    const called = await this.call(user, request, options);
    const codes = typeof code === "string" ? [code] : code;
    const said = `${JSON.stringify(request).slice(0, 300)} ended with ${called.status}: ${called.stderr}`;
    assert.ok(codes.includes(called.code ?? "success"), `${said}, not with ${codes.join(" or ")}`);
    assert.equal(this.everything(), before);
  }

  /** An empty image of the user's; its path. */
  emptyImage(user: TestUser, name: string, mib = 300): string {
    shellAs(user, `truncate -s ${mib}M ${name}`);
    return join(user.home, name);
  }

  async makePool(user: TestUser, name: string, mib = 300): Promise<UserPool> {
    const image = this.emptyImage(user, `${name}.img`, mib);
    await this.done(user, { verb: "makePool", image });
    await this.done(user, { verb: "mount", image, name });
    return { name, image, path: join(this.install.places.pools, String(user.uid), name) };
  }

  async forget(user: TestUser, pool: UserPool): Promise<void> {
    await this.done(user, { verb: "forget", image: pool.image });
    shellAs(user, `rm ${pool.image}`);
  }

  /** What the registry knows to be under way. */
  intents(): unknown[] {
    return this.#rows("SELECT intent FROM intents");
  }

  /** All that an attack could change: the registry, mounts, devices, and every file of both users. */
  everything(): string {
    const { root } = this.install;
    const homes = [this.ann.home, this.bob.home];
    const pools = mountsBelow(root);
    // The kernel writes into the image of a mounted pool when it likes.
    const time = ["(", "-name", "*.img", "-printf", "\n", "-o", "-printf", "%T@\n", ")"];
    const list = (folder: string) =>
      execFileSync("find", [folder, "-printf", "%p %y %m %U:%G %s %l ", ...time], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
    return [
      JSON.stringify(this.#rows("SELECT * FROM pools")),
      JSON.stringify(this.intents()),
      ...pools,
      ...loopDevicesBelow(root).sort(),
      ...[...homes, ...pools].map(list),
    ].join("\n");
  }

  /** Names that the helper has left behind, in a user's folder and in the folders of a pool. */
  leftovers(...folders: string[]): string[] {
    return folders.flatMap((folder) =>
      readdirSync(folder).filter((name) => /^\.forkpoint-(.*\.new|receiving-.*)$/.test(name)),
    );
  }

  /** Fails unless nothing is under way or left behind but mounted pools. */
  assertClean(...folders: string[]): void {
    assert.deepEqual(this.intents(), []);
    assert.deepEqual(this.leftovers(this.ann.home, ...folders), []);
    const { root } = this.install;
    assert.equal(loopDevicesBelow(root).length, mountsBelow(root).length);
  }

  #rows(sql: string): unknown[] {
    const file = join(this.install.places.state, "registry.sqlite");
    if (!existsSync(file)) return [];
    const db = new DatabaseSync(file);
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  }
}
