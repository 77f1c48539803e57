import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../programs.mjs";

/*
 * The accounts that tests make, and the rights they are given.
 */

const sudoersFolder = "/etc/sudoers.d";

/**
 * What the names of all accounts of a run begin with.
 * @param {string | undefined} [run] the run's id
 */
export function accountPrefix(run = process.env["FORKPOINT_TEST_RUN"]) {
  if (!run) throw new Error("Run this through npm test or npm run bench, which look after what is made.");
  return `fp-${run}-`;
}

/**
 * The accounts whose name begins with a prefix.
 * @param {string} prefix
 * @returns {{name: string, uid: number}[]}
 */
export function accountsWith(prefix) {
  return readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .filter((line) => line.startsWith(prefix))
    .map((line) => {
      const [name = "", , uid] = line.split(":");
      return { name, uid: Number(uid) };
    });
}

/**
 * Makes an account without any right, whose group has its name.
 * @param {string} label tells the accounts of one run apart: small letters, digits and dashes, 16 at most
 * @param {string} home where its files are to lie; it is not made
 * @returns {string} the account's name
 */
export function addAccount(label, home) {
  const name = `${accountPrefix()}${label}`;
  const place = ["--no-create-home", "--home-dir", home, "--shell", "/bin/bash"];
  const made = patiently("useradd", ["--user-group", ...place, name]);
  if (!made.ok) throw new Error(`The account ${name} could not be made: ${made.stderr}`);
  return name;
}

/** @param {string} name */
export function removeAccount(name) {
  return patiently("userdel", ["--force", name]).ok;
}

/**
 * Another suite may hold the lock of the file of accounts.
 * @param {string} program
 * @param {string[]} args
 */
function patiently(program, args) {
  let ended = ask(program, args);
  for (let tries = 0; tries < 50 && ended.stderr.includes("lock"); tries++) {
    ask("sleep", ["0.2"]);
    ended = ask(program, args);
  }
  return ended;
}

/**
 * Removes the files of sudo's rules that name anything below a folder, and gives their paths.
 * @param {string} folder
 */
export function removeRulesNaming(folder) {
  if (process.getuid?.() !== 0) return [];
  const named = readdirSync(sudoersFolder)
    .map((name) => join(sudoersFolder, name))
    .filter((file) => statSync(file).isFile() && readFileSync(file, "utf8").includes(`${folder}/`));
  for (const file of named) rmSync(file);
  return named;
}
