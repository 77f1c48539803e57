import { z } from "zod";
import { type TextFile, tarGz } from "./tarFile.ts";

/** One file of a support bundle. */
export const SupportFile = z.object({
  name: z.string().regex(/^[a-z][a-z.-]{0,60}$/),
  /** What it holds, in a sentence for a person. */
  about: z.string(),
  text: z.string(),
});
export type SupportFile = z.infer<typeof SupportFile>;

/** What a person is told about a bundle, wherever one is made. */
export const bundleWords =
  "Nothing is sent anywhere. Secrets, paths, addresses and names of files, people and projects were taken out; " +
  "look through it all the same before you pass it on.";

/** A value as a file of a bundle. */
export function jsonFile(name: string, about: string, value: unknown): SupportFile {
  return { name, about, text: `${JSON.stringify(value, null, 2)}\n` };
}

/** What a bundle is called, by the local time at which it is made. */
export function bundleName(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `forkpoint-support-${day}-${two(now.getHours())}${two(now.getMinutes())}.tar.gz`;
}

/** The bundle as a .tar.gz whose files lie in one folder, with a list of them. */
export function packBundle(files: readonly SupportFile[], nowMs: number): Buffer {
  const folder = bundleName(nowMs).replace(/\.tar\.gz$/, "");
  const all: TextFile[] = [{ name: "README.txt", text: `${contents(files)}\n` }, ...files];
  return tarGz(
    all.map(({ name, text }) => ({ name: `${folder}/${name}`, text })),
    nowMs,
  );
}

/** What is inside, a line for each file. */
export function contents(files: readonly SupportFile[]): string {
  const width = Math.max(0, ...files.map(({ name }) => name.length));
  const lines = files.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`);
  return ["A support bundle of Forkpoint.", "", bundleWords, "", ...lines].join("\n");
}

/** All of a bundle as one text to look through. */
export function wholeText(files: readonly SupportFile[]): string {
  const parts = files.map(({ name, text }) => `${"─".repeat(20)} ${name} ${"─".repeat(20)}\n\n${text}`);
  return [contents(files), ...parts].join("\n\n");
}
