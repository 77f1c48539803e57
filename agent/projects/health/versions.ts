/** The numbers of a version, most significant first; none when the text holds no version. */
export function versionOf(text: string): number[] {
  const found = /\d+(?:\.\d+)+/.exec(text)?.[0];
  return found === undefined ? [] : found.split(".").map(Number);
}

/** Whether a version is at least another one. What is missing counts as 0. */
export function isAtLeast(version: readonly number[], least: readonly number[]): boolean {
  for (const [at, wanted] of least.entries()) {
    const has = version[at] ?? 0;
    if (has !== wanted) return has > wanted;
  }
  return true;
}
