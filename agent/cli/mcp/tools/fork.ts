import { z } from "zod";
import { snapshot } from "../schemas.ts";
import { tool } from "../tool.ts";

/** Makes a fork. */
export const forkTool = tool({
  name: "fork",
  title: "Fork the workspace",
  description:
    "Makes a second workspace that starts exactly as this one is now, or as it was at a snapshot, and gives the path of its folder. What is done " +
    "there never touches this workspace. This server goes on serving the workspace it was started for.",
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  input: z.strictObject({
    slug: z
      .string()
      .min(1)
      .max(200)
      .describe("the fork's name: 1 to 63 lower-case letters, digits and hyphens, not in use yet"),
    snapshot: snapshot.optional().describe("now when left out"),
  }),
  output: z.object({
    slug: z.string(),
    projectId: z.string(),
    path: z.string().describe("its folder"),
    fromSnapshotId: z.string().nullable(),
  }),
  async run({ slug, snapshot: snapshotId }, call) {
    const { projectId } = await call.project();
    const fork = await call.agent("project/fork", {
      project: projectId,
      slug,
      ...(snapshotId === undefined ? {} : { snapshotId }),
    });
    const { path } = fork;
    return {
      text: `Forked as ${fork.slug}. Its folder is ${path}`,
      result: {
        ...{ slug: fork.slug, projectId: fork.projectId, path },
        fromSnapshotId: fork.forkedFrom?.snapshotId ?? null,
      },
    };
  },
});
