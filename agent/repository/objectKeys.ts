import type { Digest } from "./digest.ts";

/** Where each kind of object lies in the store. `project` is what the repository's sealing calls it. */
export const objectKeys = {
  config: "config",
  packs: "packs/",
  pack: (id: Digest) => `packs/${id.slice(0, 2)}/${id}`,
  indexes: "index/",
  index: (id: Digest) => `index/${id}`,
  allManifests: "manifests/",
  manifests: (project: string) => `manifests/${project}/`,
  manifest: (project: string, id: Digest) => `manifests/${project}/${id}`,
  keySlots: "keys/",
  keySlot: (slotId: string) => `keys/${slotId}`,
  allClaims: "claims/",
  claim: (project: string, id: Digest) => `claims/${project}/${id}`,
  refs: "refs/",
  ref: (project: string) => `refs/${project}`,
  gcState: "gc/state",
  gcBegun: "gc/begun",
  gcClock: "gc/clock",
  keeps: "keeps/",
  /** `machine` is what the sealing calls it, as it calls a project. */
  keep: (machine: string) => `keeps/${machine}`,
} as const;
