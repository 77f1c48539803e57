/**
 * The snapshot a command was started on: a row of the Timeline view, or what a panel or another
 * extension passes as `{ snapshotId }`. Undefined when it was started from the palette.
 */
export function entryArgument(argument: unknown): string | undefined {
  if (typeof argument !== "object" || argument === null) return undefined;
  if ("snapshotId" in argument && typeof argument.snapshotId === "string") return argument.snapshotId;
  if ("entry" in argument) return entryArgument(argument.entry);
  return undefined;
}

/** Several at once, as a view with several rows selected passes them. */
export function entryArguments(argument: unknown, selected: unknown): string[] {
  const among = Array.isArray(selected) ? selected.map(entryArgument).filter((id) => id !== undefined) : [];
  const own = entryArgument(argument);
  return among.length > 0 ? among : own === undefined ? [] : [own];
}

/** A text that a key binding or another extension passed along, as in `{ label: "before lunch" }`. */
export function textArgument(argument: unknown, name: string): string | undefined {
  if (typeof argument !== "object" || argument === null) return undefined;
  const value: unknown = Object.entries(argument).find(([key]) => key === name)?.[1];
  return typeof value === "string" ? value : undefined;
}
