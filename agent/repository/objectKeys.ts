import type { Digest } from "./digest.ts";

/** Where each kind of object lies in the store. `project` is what the repository's sealing calls it. */
export const objectKeys = {
  config: "config",
  pack: (id: Digest) => `packs/${id.slice(0, 2)}/${id}`,
  indexes: "index/",
  index: (id: Digest) => `index/${id}`,
  manifests: (project: string) => `manifests/${project}/`,
  manifest: (project: string, id: Digest) => `manifests/${project}/${id}`,
  keySlots: "keys/",
  keySlot: (slotId: string) => `keys/${slotId}`,
  refs: "refs/",
  ref: (project: string) => `refs/${project}`,
} as const;
