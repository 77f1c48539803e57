import type { Digest } from "./digest.ts";

/** Where each kind of object lies in the store. */
export const objectKeys = {
  config: "config",
  packs: "packs/",
  pack: (id: Digest) => `packs/${id.slice(0, 2)}/${id}`,
  indexes: "index/",
  index: (id: Digest) => `index/${id}`,
  allManifests: "manifests/",
  manifests: (projectId: string) => `manifests/${projectId}/`,
  manifest: (projectId: string, id: Digest) => `manifests/${projectId}/${id}`,
  refs: "refs/",
  ref: (projectId: string) => `refs/${projectId}`,
  gcState: "gc/state",
  gcClock: "gc/clock",
  keeps: "keeps/",
  keep: (machineId: string) => `keeps/${machineId}`,
} as const;
