import { gearOf } from "./chunker.ts";
import { digestOf } from "./digest.ts";
import type { PackSealing, Sealing } from "./sealing.ts";

const projectPattern = /^[0-9a-z]{1,64}$/;
const none = Buffer.alloc(0);

const plainPack: PackSealing = {
  form: 0,
  salt: none,
  overhead: 0,
  sealTo: (writer, _number, _associated, part) => {
    writer.bytes(part);
  },
  open: (_object, _number, _associated, sealed) => sealed,
};

/** Names are SHA-256, and everything is stored as it is. */
export const plainSealing: Sealing = {
  encryption: "none",
  saltBytes: 0,
  gear: gearOf(new Uint8Array(32)),
  nameBlob: (_kind, plain) => digestOf(plain),
  nameManifest: digestOf,
  nameProject: (projectId) => projectId,
  projectOf: (name) => (projectPattern.test(name) ? name : null),
  newPack: () => plainPack,
  packWith: () => plainPack,
  seal: (_role, plain) => plain,
  open: (_role, _object, sealed) => Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength),
};
