import { ForkpointError } from "../protocol/errors.ts";
import { type RestorePart, restoreParts } from "../protocol/restoreParts.ts";
import { decodeVolumePath } from "../protocol/volumePath.ts";

/**
 * What of the workspace is meant; both null for all of it.
 * @throws ForkpointError PATH_OUTSIDE_VOLUME, BAD_REQUEST when both are given
 */
export function pathsOrParts(wish: {
  readonly paths?: readonly string[] | undefined;
  readonly parts?: readonly RestorePart[] | undefined;
}): { paths: Buffer[] | null; parts: RestorePart[] | null } {
  if (wish.paths && wish.parts) {
    throw new ForkpointError("BAD_REQUEST", "A restore takes paths or parts of the workspace, not both.");
  }
  const parts = restoreParts.filter((part) => wish.parts?.includes(part));
  return {
    paths: wish.paths?.map(decodeVolumePath) ?? null,
    parts: wish.parts && parts.length < restoreParts.length ? parts : null,
  };
}
