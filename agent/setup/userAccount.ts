import { ProcessFailed, type Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";

/** An account of this machine that is not root. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
}

/** What a line of the account database can begin with. */
const possibleName = /^[^\s:\p{Cc}]{1,256}$/u;

/** @throws ForkpointError USER_REFUSED for root, and for whoever has no account */
export async function findAccount(processes: Processes, name: string): Promise<UserAccount> {
  if (!possibleName.test(name)) {
    throw new ForkpointError("USER_REFUSED", `${JSON.stringify(name)} is not a name of a user.`);
  }
  const uid = await uidOf(processes, name);
  if (uid === undefined) throw new ForkpointError("USER_REFUSED", `There is no user ${name} here.`);
  if (uid === 0) {
    throw new ForkpointError("USER_REFUSED", `The user ${name} is root, who needs no helper.`, {
      hint: "Name the user who runs the editor with --user NAME.",
    });
  }
  return { name, uid };
}

/** The number of an account; undefined when there is none of this name. */
export async function uidOf(processes: Processes, name: string): Promise<number | undefined> {
  const line = await lookUp(processes, name);
  const [found, , uid] = line?.split(":") ?? [];
  return found === name && uid !== undefined && /^\d+$/.test(uid) ? Number(uid) : undefined;
}

/** The account with this number; undefined when there is none. */
export async function accountOf(processes: Processes, uid: number): Promise<UserAccount | undefined> {
  const [name, , found] = (await lookUp(processes, String(uid)))?.split(":") ?? [];
  return name !== undefined && found === String(uid) ? { name, uid } : undefined;
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
