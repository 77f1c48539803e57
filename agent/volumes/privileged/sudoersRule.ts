import { createHash } from "node:crypto";
import { helperCommand } from "./helperPlaces.ts";

/** A person who may call the helper. */
export interface HelperUser {
  readonly uid: number;
  /** For those who read the file; the rule goes by the number. */
  readonly name: string;
}

/** What sudoers(5) reads as itself, so that a path needs no quoting and is no pattern. */
const plainPath = /^(\/[A-Za-z0-9._+-]+)+$/;

/**
 * sudo then runs the helper without a process of its own between, which halves what a call costs: it wants
 * no session, no terminal and no recording for that. A caller's limits on files, time and memory do not
 * cut off what the helper has begun.
 */
const defaults = [
  "env_reset, !setenv, !requiretty, !use_pty, !log_input, !log_output, !pam_session, !pam_setcred",
  "rlimit_fsize=infinity, rlimit_cpu=infinity, rlimit_as=infinity, rlimit_data=infinity",
];

/**
 * The text of a sudoers file that lets each of `users` call the helper in `lib`, with the own number only, and
 * nothing else, without a password.
 * @throws RangeError when the path has other characters than letters, digits and `._+-/`, when a number is
 *   root's or none, or when there are no users
 */
export function sudoersText(lib: string, users: readonly HelperUser[]): string {
  if (!plainPath.test(lib)) throw new RangeError(`${lib} cannot be written into a sudoers file.`);
  if (users.length === 0) throw new RangeError("A sudoers file for nobody is not needed.");
  const sorted = [...users].sort((one, other) => one.uid - other.uid);
  const commands = sorted.map(({ uid }) => {
    if (!Number.isInteger(uid) || uid <= 0) throw new RangeError(`${uid} is not the number of a user.`);
    return helperCommand(lib, uid).join(" ");
  });
  const alias = `FORKPOINT_${createHash("sha256").update(lib).digest("hex").slice(0, 12).toUpperCase()}`;
  return [
    "# Made by `forkpoint setup`; `forkpoint setup --remove` takes it away.",
    `Cmnd_Alias ${alias} = ${commands.join(", ")}`,
    ...defaults.map((line) => `Defaults!${alias} ${line}`),
    ...sorted.flatMap(({ uid, name }, at) => [
      `# ${name.replace(/[^\w.@-]/g, "?")}`,
      `#${uid} ALL=(root) NOPASSWD: ${commands[at]}`,
    ]),
    "",
  ].join("\n");
}
