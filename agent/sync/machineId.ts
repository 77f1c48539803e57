import { z } from "zod";
import type { Setting, Settings } from "../catalog/settings.ts";
import { newId } from "../host/ids.ts";

const setting: Setting<string> = { key: "machineId", schema: z.string().min(1) };

/** What refs call this machine: chosen once for each agent's home, and kept. */
export function machineId(settings: Settings): string {
  const known = settings.get(setting);
  if (known !== undefined) return known;
  const made = newId();
  settings.set(setting, made);
  return made;
}
