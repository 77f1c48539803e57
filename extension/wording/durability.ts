import * as l10n from "@vscode/l10n";
import type { Durability } from "../../agent/protocol/entry.ts";

interface DurabilityWords {
  /** One word, for a row. */
  readonly short: string;
  readonly sentence: string;
  /** The same within a sentence. */
  readonly spoken: string;
  /** One character, for a badge. */
  readonly badge: string;
  /** Name of a product icon (codicon). */
  readonly icon: string;
}

export const durabilityWords = {
  local: {
    short: l10n.t("local"),
    sentence: l10n.t("On this disk only."),
    spoken: l10n.t("on this disk only"),
    badge: "○",
    icon: "device-desktop",
  },
  uploading: {
    short: l10n.t("uploading"),
    sentence: l10n.t("On its way to the store."),
    spoken: l10n.t("on its way to the store"),
    badge: "↑",
    icon: "cloud-upload",
  },
  durable: {
    short: l10n.t("durable"),
    sentence: l10n.t("Safe in the store."),
    spoken: l10n.t("safe in the store"),
    badge: "✓",
    icon: "cloud",
  },
  verified: {
    short: l10n.t("verified"),
    sentence: l10n.t("Safe in the store, and read back from there."),
    spoken: l10n.t("safe in the store, and read back from there"),
    badge: "✔",
    icon: "verified",
  },
} as const satisfies Record<Durability, DurabilityWords>;
