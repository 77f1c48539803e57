import * as l10n from "@vscode/l10n";
import type { RetentionRules } from "../../agent/protocol/retention.ts";
import { formatCount, plural } from "../wording/counts.ts";

export type CountedRule = Exclude<keyof RetentionRules, "keepNamed">;

interface RuleWords {
  /** What is asked when the number is changed. */
  readonly question: string;
  readonly least: number;
  readonly most: number;
  readonly says: (amount: number) => string;
}

const periods = { least: 0, most: 1000 };

export const countedRules: Readonly<Record<CountedRule, RuleWords>> = {
  maxSnapshots: {
    question: l10n.t("How many of the newest snapshots that you took are kept?"),
    least: 1,
    most: 10_000,
    says: (amount) => l10n.t("The newest {count} that you took", { count: formatCount(amount) }),
  },
  keepHours: {
    ...periods,
    question: l10n.t("Of how many hours is the last snapshot kept?"),
    says: (amount) =>
      amount === 0
        ? l10n.t("No last ones of hours")
        : plural(amount, "The last one of {count} hour", "The last one of {count} hours"),
  },
  keepDays: {
    ...periods,
    question: l10n.t("Of how many days is the last snapshot kept?"),
    says: (amount) =>
      amount === 0
        ? l10n.t("No last ones of days")
        : plural(amount, "The last one of {count} day", "The last one of {count} days"),
  },
  keepWeeks: {
    ...periods,
    question: l10n.t("Of how many weeks is the last snapshot kept?"),
    says: (amount) =>
      amount === 0
        ? l10n.t("No last ones of weeks")
        : plural(amount, "The last one of {count} week", "The last one of {count} weeks"),
  },
  keepMonths: {
    ...periods,
    question: l10n.t("Of how many months is the last snapshot kept?"),
    says: (amount) =>
      amount === 0
        ? l10n.t("No last ones of months")
        : plural(amount, "The last one of {count} month", "The last one of {count} months"),
  },
  keepAssistantDays: {
    ...periods,
    question: l10n.t("For how many days is kept what was there around an assistant’s work?"),
    says: (amount) =>
      amount === 0
        ? l10n.t("Nothing for assistants’ sake")
        : plural(amount, "{count} day of assistants’ work", "{count} days of assistants’ work"),
  },
};

/** Null for a number that the rule takes; else what to write. */
export function problemOf(rule: CountedRule, text: string): string | null {
  const { least, most } = countedRules[rule];
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= least && value <= most) return null;
  return l10n.t("Write a whole number from {least} to {most}.", { least, most: formatCount(most) });
}
