import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../../scripts/paths.mjs";

/**
 * What an ordinary user cannot reach below the home of root, or must not write, shown to him elsewhere: read-only
 * bind mounts of folders, and a folder of his own in the place of the checkout's `test-output`.
 */
export class View {
  readonly #folder: string;
  readonly #mounts: string[] = [];
  readonly #shown = new Map<string, string>();

  /** @param folder takes the mount points; passable for everybody */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Shows a folder read-only, as `name`. */
  show(folder: string, name: string): void {
    const place = join(this.#folder, name);
    mkdirSync(place, { recursive: true, mode: 0o755 });
    execFileSync("mount", ["--bind", "-o", "ro", "--", folder, place]);
    this.#mounts.push(place);
    this.#shown.set(folder, place);
  }

  /** Shows the checkout, with the folder `output` in the place of what is written there. */
  showCheckout(output?: string): void {
    const place = join(checkout, "test-output");
    mkdirSync(place, { recursive: true });
    this.show(checkout, "checkout");
    if (output === undefined) return;
    const shown = this.seen(place);
    execFileSync("mount", ["--bind", "--", output, shown]);
    this.#mounts.push(shown);
  }

  /** A text, such as a path or the value of PATH, with every folder that is shown replaced by where it is seen. */
  seen(text: string): string {
    let seen = text;
    for (const [folder, place] of this.#shown) seen = seen.replaceAll(folder, place);
    return seen;
  }

  /** Takes everything back. */
  end(): void {
    for (const place of this.#mounts.toReversed()) execFileSync("umount", ["--lazy", "--", place]);
    this.#mounts.length = 0;
  }
}
