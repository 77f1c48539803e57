const minute = 60_000;
const unitMs: Readonly<Record<string, number>> = {
  m: minute,
  h: 60 * minute,
  d: 24 * 60 * minute,
  w: 7 * 24 * 60 * minute,
};

/**
 * A moment that a person names: a day, a day and a time, both where he is unless a zone follows, or how long ago it
 * was, such as 90m, 12h, 3d or 2w. A day alone means its first millisecond, or its last.
 * @param now milliseconds since 1970
 * @returns ISO 8601; null when it is none of these
 */
export function namedMoment(text: string, now: number, side: "first" | "last"): string | null {
  const [, count, unit = ""] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return isoOrNull(now - Number(count) * (unitMs[unit] ?? 0));
  const [, day] = /^(\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
  if (day !== undefined)
    return isoOrNull(Date.parse(`${day}T${side === "first" ? "00:00" : "23:59:59.999"}`));
  const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?$/;
  const [, date, time, zone = ""] = pattern.exec(text) ?? [];
  return date === undefined ? null : isoOrNull(Date.parse(`${date}T${time ?? ""}${zone}`));
}

function isoOrNull(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
