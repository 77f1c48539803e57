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

/** @param {string} name */
export function removeAccount(name) {
  return ask("userdel", ["--force", name]).ok;
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
