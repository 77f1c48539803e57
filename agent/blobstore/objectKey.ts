/** Whether a name may be the key of an object. */
export function isKey(name: string): boolean {
  return (
    name.length <= 900 &&
    name.split("/").every((part) => /^[A-Za-z0-9._-]{1,200}$/.test(part) && !/^\.\.?$/.test(part))
  );
}

/**
 * Refuses a key that the port does not allow. Keys are made by this program, never typed, so a bad one is
 * a bug and no ForkpointError.
 */
export function checkKey(key: string): void {
  if (!isKey(key)) throw new TypeError(`${JSON.stringify(key.slice(0, 200))} is no key of an object.`);
}

/** Refuses what no key begins with. */
export function checkPrefix(prefix: string): void {
  if (!/^[A-Za-z0-9._/-]*$/.test(prefix) || /^\/|\/\/|(^|\/)\.\.?\//.test(prefix)) {
    throw new TypeError(`${JSON.stringify(prefix.slice(0, 200))} begins no key of an object.`);
  }
}
