import type { Durability } from "../../agent/protocol/entities.ts";

interface DurabilityWords {
  /** One word, for a row. */
  readonly short: string;
  readonly sentence: string;
  /** One character, for a badge. */
  readonly badge: string;
  /** Name of a product icon (codicon). */
  readonly icon: string;
}

export const durabilityWords = {
  local: { short: "local", sentence: "On this disk only.", badge: "○", icon: "device-desktop" },
  uploading: { short: "uploading", sentence: "On its way to the store.", badge: "↑", icon: "cloud-upload" },
  durable: { short: "durable", sentence: "Safe in the store.", badge: "✓", icon: "cloud" },
  verified: {
    short: "verified",
    sentence: "Safe in the store, and read back from there.",
    badge: "✔",
    icon: "verified",
  },
} as const satisfies Record<Durability, DurabilityWords>;
