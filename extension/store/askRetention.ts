import * as l10n from "@vscode/l10n";
import type { RetentionSettings } from "../../agent/protocol/storeReports.ts";
import { askOne, askText } from "../feedback/ask.ts";
import { chosenRetentionText } from "../wording/retention.ts";

const title = l10n.t("What the safe copy keeps");
const none: RetentionSettings = { days: 0, last: 0, daily: 0, weekly: 0, monthly: 0 };

const proposals: readonly { label: string; retention: RetentionSettings }[] = [
  { label: l10n.t("A month"), retention: { ...none, days: 30 } },
  { label: l10n.t("A week, then one a week for half a year"), retention: { ...none, days: 7, weekly: 26 } },
  {
    label: l10n.t("Thinned out over the years"),
    retention: { ...none, days: 7, daily: 30, weekly: 12, monthly: 60 },
  },
  { label: l10n.t("Only what timelines show"), retention: none },
];

const questions = [
  { field: "days", prompt: l10n.t("Everything that came in within how many days?") },
  { field: "last", prompt: l10n.t("How many of the newest of each project?") },
  { field: "daily", prompt: l10n.t("One a day for how many days?") },
  { field: "weekly", prompt: l10n.t("One a week for how many weeks?") },
  { field: "monthly", prompt: l10n.t("One a month for how many months?") },
] as const;

/**
 * Asks what the store is to keep of what no timeline shows any more.
 * @param current what it keeps now
 * @throws Dismissed
 */
export async function askRetention(current: RetentionSettings): Promise<RetentionSettings> {
  const offered = proposals.map(({ label, retention }) => ({
    label,
    detail: capital(chosenRetentionText(retention)),
    description: isSame(retention, current) ? l10n.t("as it is now") : "",
    retention,
  }));
  const chosen = await askOne(
    [
      ...offered,
      {
        label: `$(edit) ${l10n.t("Other numbers…")}`,
        detail: l10n.t("Now: {retention}", { retention: chosenRetentionText(current) }),
        description: "",
        retention: null,
      },
    ],
    {
      title,
      placeHolder: l10n.t("Besides what timelines show, and the newest of each project"),
      matchOnDetail: true,
    },
  );
  return chosen.retention ?? askNumbers(current);
}

async function askNumbers(current: RetentionSettings): Promise<RetentionSettings> {
  const numbers = { ...current };
  for (const [at, { field, prompt }] of questions.entries()) {
    const typed = await askText({
      title: l10n.t("What the safe copy keeps ({step} of {steps})", {
        step: at + 1,
        steps: questions.length,
      }),
      prompt: `${prompt} ${l10n.t("0 for none.")}`,
      value: String(current[field]),
      validateInput: (text) => (/^\d{1,5}$/.test(text.trim()) ? null : l10n.t("Type a whole number.")),
    });
    numbers[field] = Number(typed);
  }
  return numbers;
}

function isSame(one: RetentionSettings, other: RetentionSettings): boolean {
  return questions.every(({ field }) => one[field] === other[field]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
