import { askText } from "../feedback/ask.ts";

/**
 * Asks for a project's name, which is also its folder's.
 * @param taken names that are in use on this machine
 * @throws Dismissed
 */
export async function askSlug(title: string, value: string, taken: readonly string[]): Promise<string> {
  const { slugPattern } = await import("../../agent/protocol/entities.ts");
  return askText({
    title,
    value,
    prompt: "Name: lower-case letters, digits and hyphens",
    validateInput: (text) => {
      if (taken.includes(text)) return `“${text}” is taken.`;
      if (slugPattern.test(text)) return null;
      return "Use 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.";
    },
  });
}
