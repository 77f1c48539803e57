let spoken = "en";

/** The language in which numbers are written: that of the texts. */
export function numberLanguage(): string {
  return spoken;
}

/** @param language a BCP 47 tag, of the translation in use */
export function writeNumbersIn(language: string): void {
  spoken = language;
}
