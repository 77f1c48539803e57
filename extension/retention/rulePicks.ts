import type { RetentionRules } from "../../agent/protocol/retention.ts";
import { count } from "../wording/counts.ts";

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
    question: "How many of the newest snapshots that you took are kept?",
    least: 1,
    most: 10_000,
    says: (amount) => `The newest ${amount.toLocaleString("en")} that you took`,
  },
  keepHours: {
    ...periods,
    question: "Of how many hours is the last snapshot kept?",
    says: (amount) => (amount === 0 ? "No last ones of hours" : `The last one of ${count(amount, "hour")}`),
  },
  keepDays: {
    ...periods,
    question: "Of how many days is the last snapshot kept?",
    says: (amount) => (amount === 0 ? "No last ones of days" : `The last one of ${count(amount, "day")}`),
  },
  keepWeeks: {
    ...periods,
    question: "Of how many weeks is the last snapshot kept?",
    says: (amount) => (amount === 0 ? "No last ones of weeks" : `The last one of ${count(amount, "week")}`),
  },
  keepMonths: {
    ...periods,
    question: "Of how many months is the last snapshot kept?",
    says: (amount) => (amount === 0 ? "No last ones of months" : `The last one of ${count(amount, "month")}`),
  },
  keepAssistantDays: {
    ...periods,
    question: "For how many days is kept what was there around an assistant’s work?",
    says: (amount) =>
      amount === 0 ? "Nothing for assistants’ sake" : `${count(amount, "day")} of assistants’ work`,
  },
};

/** Null for a number that the rule takes; else what to write. */
export function problemOf(rule: CountedRule, text: string): string | null {
  const { least, most } = countedRules[rule];
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= least && value <= most) return null;
  return `Write a whole number from ${least} to ${most.toLocaleString("en")}.`;
}
