import * as l10n from "@vscode/l10n";
import { numberLanguage } from "./numberLanguage.ts";

/** Under another name, since the texts themselves stand where `plural` is called. */
const { t: translated } = l10n;

/** "1 file", "2 files", "1,234 files": in English always, for what is told to the agent. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? one : many}`;
}

/**
 * One of two whole sentences, translated: the first for 1, the second for any other amount. `{count}` in either
 * stands for the amount.
 */
export function plural(
  amount: number,
  one: string,
  many: string,
  others: Readonly<Record<string, string | number>> = {},
): string {
  return translated(amount === 1 ? one : many, { ...others, count: formatCount(amount) });
}

/** "12", "1,234"; as the language of the texts has it. */
export function formatCount(amount: number): string {
  return amount.toLocaleString(numberLanguage());
}

/** "a", "a and b", "a, b and c". */
export function enumerate(parts: readonly string[]): string {
  const last = parts.at(-1);
  if (last === undefined) return "";
  return parts.length === 1
    ? last
    : l10n.t("{others} and {last}", { others: parts.slice(0, -1).join(", "), last });
}
