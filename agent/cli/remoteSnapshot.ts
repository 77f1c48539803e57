import type { Result } from "../protocol/methods.ts";
import type { CliContext } from "./cliContext.ts";

/** Finds the snapshot in the store that a person named; the newest when none was named. */
export async function remoteSnapshot(
  context: CliContext,
  { project, snapshot }: { readonly project: string | undefined; readonly snapshot: string | undefined },
): Promise<Result<"remote/find">> {
  const named = project ?? (await context.project(undefined)).projectId;
  return context.call("remote/find", {
    project: named,
    ...(snapshot === undefined ? {} : { snapshotId: snapshot }),
  });
}
