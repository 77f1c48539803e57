import type { ForkpointError } from "../../agent/protocol/errors.ts";

/** The programs that an OPEN_FILES error names, as lines for a person; empty when it names none. */
export function openPrograms({ details }: Pick<ForkpointError, "details">): string[] {
  const programs = details?.["programs"];
  return Array.isArray(programs) ? programs.map(programLine) : [];
}

function programLine(program: unknown): string {
  if (typeof program === "string") return program;
  if (typeof program !== "object" || program === null) return String(program);
  const { name, command, pid, files, paths } = program as Record<string, unknown>;
  const title = typeof name === "string" ? name : typeof command === "string" ? command : "A program";
  const held = Array.isArray(files) ? files : Array.isArray(paths) ? paths : [];
  const list = held
    .filter((path) => typeof path === "string")
    .slice(0, 3)
    .join(", ");
  return `${title}${typeof pid === "number" ? ` (process ${pid})` : ""}${list ? `: ${list}` : ""}`;
}
