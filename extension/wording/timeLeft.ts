import * as l10n from "@vscode/l10n";

/** "9 s left", "3 min left", "2 h 5 min left". */
export function timeLeft(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds <= 59) return l10n.t("{count} s left", { count: Math.max(1, Math.ceil(seconds)) });
  if (minutes < 60) return l10n.t("{count} min left", { count: minutes });
  if (minutes < 48 * 60)
    return l10n.t("{hours} h {minutes} min left", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return l10n.t("{count} days left", { count: Math.round(minutes / (24 * 60)) });
}
