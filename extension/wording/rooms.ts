import * as l10n from "@vscode/l10n";
import type { Room } from "../../agent/protocol/retention.ts";
import { formatCount } from "./counts.ts";
import { formatBytes } from "./sizes.ts";

/** "1.2 GB", "about 1.2 GB", "at least 1.2 GB". */
export function roomText({ bytes, certainty }: Room): string {
  const size = formatBytes(bytes);
  if (certainty === "exact") return size;
  return certainty === "estimate" ? l10n.t("about {size}", { size }) : l10n.t("at least {size}", { size });
}

/** "Deleting these three frees 1.2 GB." */
export function freesText(amount: number, room: Room): string {
  const words = { room: roomText(room), count: formatCount(amount) };
  switch (amount) {
    case 1:
      return l10n.t("Deleting it frees {room}.", words);
    case 2:
      return l10n.t("Deleting these two frees {room}.", words);
    case 3:
      return l10n.t("Deleting these three frees {room}.", words);
    case 4:
      return l10n.t("Deleting these four frees {room}.", words);
    case 5:
      return l10n.t("Deleting these five frees {room}.", words);
    default:
      return l10n.t("Deleting these {count} frees {room}.", words);
  }
}
