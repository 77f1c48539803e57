import { ForkpointError } from "../protocol/errors.ts";
import { encodeVolumePath } from "../protocol/volumePath.ts";

const named = 3;

/** The error for entries of `folder` that this user may not read; paths are relative to it. */
export function unreadable(folder: string, paths: readonly Buffer[]): ForkpointError {
  const names = paths.map((path) => (path.length === 0 ? "." : encodeVolumePath(path)));
  const shown = names.slice(0, named).join(", ");
  const more = names.length > named ? ` and ${names.length - named} more` : "";
  return new ForkpointError(
    "FILES_UNREADABLE",
    `The agent's user may not read everything in ${folder}: ${shown}${more}.`,
    { details: { paths: names.slice(0, 100) } },
  );
}
