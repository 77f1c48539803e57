import { slugPattern } from "../protocol/project.ts";
import { ForkpointError } from "../protocol/errors.ts";

const longest = 63;

/**
 * Passes a slug that a person wrote, unchanged.
 * @throws ForkpointError SLUG_INVALID
 */
export function checkSlug(slug: string): string {
  if (slugPattern.test(slug)) return slug;
  const why =
    slug === ""
      ? "A project needs a name."
      : slug.length > longest
        ? `The name is ${slug.length} characters long; ${longest} are the most.`
        : `${JSON.stringify(slug)} is not a name for a project.`;
  throw new ForkpointError("SLUG_INVALID", why);
}

/** The slug that a folder's name suggests; `project` when none of its characters can be kept. */
export function deriveSlug(folderName: string): string {
  const plain = folderName
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longest)
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "project" : plain;
}

/** `base` numbered `n`, shortened where needed to stay a slug: `shop`, 2 gives `shop-2`. */
export function numberedSlug(base: string, n: number): string {
  const suffix = `-${n}`;
  return base.slice(0, longest - suffix.length).replace(/-+$/, "") + suffix;
}
