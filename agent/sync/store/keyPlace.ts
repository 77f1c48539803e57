import type { MasterKey } from "../../repository/masterKey.ts";

/** Where the key of a repository is kept beyond the end of the agent. */
export interface KeyPlace {
  /** Whether it is kept now. */
  keep(repositoryId: string, key: MasterKey): Promise<boolean>;
  /** null when it is not kept here, or cannot be had now. */
  recall(repositoryId: string): Promise<MasterKey | null>;
  /** Afterwards it is not kept here. */
  forget(repositoryId: string): Promise<void>;
}

/** How a key is written down. */
export function keyText(key: MasterKey): string {
  return key.reveal().toString("hex");
}

/** The bytes of a key that was written down; null when it is none. */
export function keyBytesOf(text: string): Buffer | null {
  return /^[0-9a-f]{64}\n?$/.test(text) ? Buffer.from(text.trim(), "hex") : null;
}
