const units = ["B", "KB", "MB", "GB", "TB"] as const;

/** Bytes for a person, in powers of 1024: "0 B", "1.5 KB", "20 GB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const rounded = unit === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${rounded} ${units[unit] ?? "B"}`;
}

/**
 * The bytes in a size that a person typed: "20G", "512 MB", "1.5 TiB". Null when it is no size.
 * Units are powers of 1024; a number alone is gigabytes, since nobody types a pool's size in bytes.
 */
export function parseSize(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?\s*$/i.exec(text);
  if (!match) return null;
  const [whole, number = "", unit] = match;
  if (!unit && /b\s*$/i.test(whole)) return Math.round(Number(number));
  const power = "kmgt".indexOf((unit ?? "g").toLowerCase()) + 1;
  return Math.round(Number(number) * 1024 ** power);
}
