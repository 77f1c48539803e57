import * as l10n from "@vscode/l10n";
import { askText } from "../feedback/ask.ts";

/**
 * Asks for a project's name, which is also its folder's.
 * @param taken names that are in use on this machine
 * @throws Dismissed
 */
export async function askSlug(title: string, value: string, taken: readonly string[]): Promise<string> {
  const { slugPattern } = await import("../../agent/protocol/project.ts");
  return askText({
    title,
    value,
    prompt: l10n.t("Name: lower-case letters, digits and hyphens"),
    validateInput: (text) => {
      if (taken.includes(text)) return l10n.t("“{text}” is taken.", { text });
      if (slugPattern.test(text)) return null;
      return l10n.t(
        "Use 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.",
      );
    },
  });
}
