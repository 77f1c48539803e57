/** A label or a name may hold anything; what is printed must not move the cursor. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}
