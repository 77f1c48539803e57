import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endpointFile, type Endpoint } from "../protocol/endpoint.ts";

/**
 * Lets clients find this agent: the file appears whole or not at all, readable by its user only. What a
 * dead agent left is replaced.
 */
export function publishEndpoint(home: string, endpoint: Endpoint): void {
  const file = join(home, endpointFile);
  const draft = `${file}.${endpoint.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(endpoint)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(draft, file);
}

export function withdrawEndpoint(home: string): void {
  rmSync(join(home, endpointFile), { force: true });
}
