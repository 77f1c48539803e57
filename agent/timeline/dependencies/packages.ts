/** The versions of each package that a lockfile names. */
export class Packages {
  readonly #versions = new Map<string, Set<string>>();

  add(name: string, version: string): void {
    const known = this.#versions.get(name);
    if (known) known.add(version);
    else this.#versions.set(name, new Set([version]));
  }

  get names(): IterableIterator<string> {
    return this.#versions.keys();
  }

  /** In order; none for a package that is not there. */
  versions(name: string): string[] {
    const order = (one: string, other: string) => one.localeCompare(other, "en", { numeric: true });
    return [...(this.#versions.get(name) ?? [])].sort(order);
  }
}

/** What is wrong with a lockfile, as the end of a sentence. It holds nothing of the file. */
export class NotALockfile extends Error {
  override readonly name = "NotALockfile";
}
