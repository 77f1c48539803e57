/** A name made from any text: "My App (2)" becomes "my-app-2". "project" when nothing is left of it. */
export function slugFrom(text: string): string {
  const slug = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return slug || "project";
}
