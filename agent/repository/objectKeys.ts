import type { Digest } from "./digest.ts";

/** Where each kind of object lies in the store. */
export const objectKeys = {
  config: "config",
  pack: (id: Digest) => `packs/${id.slice(0, 2)}/${id}`,
  indexes: "index/",
  index: (id: Digest) => `index/${id}`,
  manifests: (projectId: string) => `manifests/${projectId}/`,
  manifest: (projectId: string, id: Digest) => `manifests/${projectId}/${id}`,
  refs: "refs/",
  ref: (projectId: string) => `refs/${projectId}`,
} as const;
