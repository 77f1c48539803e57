/** A text as it is looked for: in one case and one way of writing its accents, which SQLite knows for ASCII only. */
export function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
