import { InvalidArgumentError } from "commander";

const factors: Record<string, number> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Bytes from `20G`, `512M`, `1.5TiB` or a plain number; units are powers of 1024. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  const factor = factors[match?.[2]?.toUpperCase() ?? "?"];
  if (!match || factor === undefined) throw new InvalidArgumentError("Write a size such as 20G or 512M.");
  return Math.round(Number(match[1]) * factor);
}
