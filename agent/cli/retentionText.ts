import type { Result } from "../protocol/methods.ts";
import { keepWords, rulesText } from "../protocol/retention.ts";
import { localTime } from "./localTime.ts";
import { oneLine } from "./oneLine.ts";
import { roomText } from "./roomText.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago, plural } from "./wording.ts";

type Retention = Result<"timeline/retention">;

const idLength = 6;

/** What goes and why, what stays and why, and the room that makes. */
export function retentionText(retention: Retention, terminal: Terminal): string {
  const { rules, judged, room } = retention;
  const going = judged.filter(({ reasons }) => reasons.length === 0);
  const staying = judged.filter(({ reasons }) => reasons.length > 0);
  const free = room && going.length > 0 ? `; that frees ${roomText(room)}` : "";
  const lines = [`Kept are ${rulesText(rules)}.`, ""];
  if (going.length === 0) lines.push("Nothing goes.");
  else lines.push(`${plural(going.length, "snapshot")} would go${free}:`, judgedTable(going, terminal));
  if (staying.length > 0) {
    const verb = staying.length === 1 ? "stays" : "stay";
    lines.push("", `${plural(staying.length, "snapshot")} ${verb}:`, judgedTable(staying, terminal));
  }
  return lines.join("\n");
}

function judgedTable(judged: Retention["judged"], terminal: Terminal): string {
  const rows = judged.map(({ entry, reasons, automatic }) => [
    terminal.paint("cyan", entry.snapshotId.slice(0, idLength)),
    ago(entry.createdAt, terminal.now()),
    terminal.paint("dim", localTime(entry.createdAt)),
    entry.cause,
    reasons.length > 0
      ? reasons.map((reason) => keepWords[reason]).join(", ")
      : `older than the newest${automatic ? " automatic ones" : ""}, the last of no kept period`,
    oneLine(entry.label ?? ""),
  ]);
  return table(["ID", "WHEN", "AT", "CAUSE", "WHY", "LABEL"], rows);
}
