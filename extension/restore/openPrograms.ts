import { z } from "zod";
import * as l10n from "@vscode/l10n";
import type { ForkpointError } from "../../agent/protocol/errors.ts";

const filesNamed = 3;

const Details = z.object({
  programs: z.array(z.object({ name: z.string(), pid: z.number(), files: z.array(z.string()) })),
});

/** The programs that an OPEN_FILES error names, as lines for a person; empty when it names none. */
export function openPrograms({ details }: Pick<ForkpointError, "details">): string[] {
  const found = Details.safeParse(details);
  if (!found.success) return [];
  return found.data.programs.map(({ name, pid, files }) => {
    const left = files.length - filesNamed;
    const named = files.slice(0, filesNamed).join(", ");
    return left > 0
      ? l10n.t("{name} (process {pid}): {files} and {count} more", {
          name,
          pid: String(pid),
          files: named,
          count: left,
        })
      : l10n.t("{name} (process {pid}): {files}", { name, pid: String(pid), files: named });
  });
}
