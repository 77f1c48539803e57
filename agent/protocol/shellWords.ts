/** Characters that every shell takes as they are. */
const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A command as a person can read it, and paste it into a shell. */
export function shellWords(args: readonly string[]): string {
  return args.map((arg) => (plain.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(" ");
}
