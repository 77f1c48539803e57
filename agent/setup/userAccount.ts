import { ProcessFailed, type Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";

/** An account of this machine that is not root. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  /** Of the user's own group. */
  readonly gid: number;
}

/** What a line of the account database can begin with. */
const possibleName = /^[^\s:\p{Cc}]{1,256}$/u;

/** @throws ForkpointError USER_REFUSED for root, and for whoever has no account */
export async function findAccount(processes: Processes, name: string): Promise<UserAccount> {
  if (!possibleName.test(name)) {
    throw new ForkpointError("USER_REFUSED", `${JSON.stringify(name)} is not a name of a user.`);
  }
  const account = readLine(await lookUp(processes, name));
  // The database also answers to numbers.
  if (account?.name !== name) throw new ForkpointError("USER_REFUSED", `There is no user ${name} here.`);
  if (account.uid === 0) {
    throw new ForkpointError("USER_REFUSED", `The user ${name} is root, who needs no helper.`, {
      hint: "Name the user who runs the editor with --user NAME.",
    });
  }
  return account;
}

/** The account with this number; undefined when there is none. */
export async function accountOf(processes: Processes, uid: number): Promise<UserAccount | undefined> {
  const account = readLine(await lookUp(processes, String(uid)));
  return account?.uid === uid ? account : undefined;
}

/** https://man7.org/linux/man-pages/man5/passwd.5.html */
function readLine(line: string | undefined): UserAccount | undefined {
  const { name, uid, gid } = /^(?<name>[^:]+):[^:]*:(?<uid>\d+):(?<gid>\d+):/.exec(line ?? "")?.groups ?? {};
  if (name === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** The line of the account database, wherever the system keeps that. */
async function lookUp(processes: Processes, key: string): Promise<string | undefined> {
  try {
    const { stdout } = await processes.run("getent", ["passwd", "--", key]);
    return stdout.toString("utf8").split("\n")[0];
  } catch (thrown) {
    // 2: nobody of this name. https://man7.org/linux/man-pages/man1/getent.1.html
    if (thrown instanceof ProcessFailed && thrown.exitCode === 2) return undefined;
    throw thrown;
  }
}
