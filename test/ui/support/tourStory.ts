import type { DemoProject } from "../../support/demoProject.ts";
import { entryNamed } from "../../support/entryNamed.ts";
import { installPackages } from "./installPackages.ts";

/** A short history with everything that the views can show. */
export async function tourStory(project: DemoProject): Promise<void> {
  await project.change("src/app.js", "export function total(items) {\n  return items.length;\n}\n");
  await installPackages(project, { vat: "1.4.0" });
  await project.forkpoint("snapshot", "--label", "the total of a cart", "--pin");
  await project.change("src/app.js", "export function total(items) {\n  return sum(items);\n}\n");
  await project.change("src/sum.js", "export const sum = (items) => items.reduce((a, b) => a + b, 0);\n");
  await installPackages(project, { vat: "2.0.1", euro: "3.1.0" });
  await project.forkpoint("snapshot", "--label", "the total in euros", "--note", "As the shop wants it.");
  await project.change("src/data.json", '{ "items": [] }\n');
  await project.forkpoint("snapshot");
  await project.forkpoint("restore", (await entryNamed(project, "the total in euros")).snapshotId, "--yes");
  await project.forkpoint("fork", "--slug", "try-upgrade");
  await project.change("README.md", "# Demo\n\nA cart with a total.\n");
  await project.forkpoint("snapshot", "--label", "what it is for");
  await project.forkpoint("push", "--wait");
}
