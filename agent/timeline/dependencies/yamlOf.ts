import { FAILSAFE_SCHEMA, loadAll } from "js-yaml";
import { NotALockfile } from "./packages.ts";

/** The documents of a YAML text, every scalar as the text it is, so that 1.10 stays 1.10. @throws NotALockfile */
export function yamlOf(text: string): unknown[] {
  const documents: unknown[] = [];
  try {
    loadAll(text, (document) => documents.push(document), { schema: FAILSAFE_SCHEMA });
  } catch {
    throw new NotALockfile("it is not YAML");
  }
  return documents;
}
