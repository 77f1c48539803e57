export type Period = "hour" | "day" | "week" | "month";

/**
 * Names the hour, day, week (from Monday) or month, in the machine's local time, that a moment lies in; two moments have the
 * same name when they lie in the same one. The two hours that a change of the clock makes of one are two.
 * @param ms since 1970
 */
export function periodOf(period: Period, ms: number): string {
  const at = new Date(ms);
  const [year, month, date] = [at.getFullYear(), at.getMonth(), at.getDate()];
  switch (period) {
    case "hour":
      return [year, month, date, at.getHours(), at.getTimezoneOffset()].join(" ");
    case "day":
      return [year, month, date].join(" ");
    case "week": {
      const monday = new Date(year, month, date - ((at.getDay() + 6) % 7));
      return [monday.getFullYear(), monday.getMonth(), monday.getDate()].join(" ");
    }
    case "month":
      return [year, month].join(" ");
  }
}
