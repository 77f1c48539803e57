import * as crypto from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { ForkpointError } from "../protocol/errors.ts";
import { decrypt, encrypt, nonceBytes, tagBytes } from "./authenticated.ts";
import { deriveKey, keyBytes, MasterKey } from "./masterKey.ts";
import type { Secret } from "./secret.ts";

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const saltBytes = 32;

/**
 * How the slot's key comes from what a person gives. The limits keep a forged slot from taking all
 * memory or time there is.
 */
const Derivation = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("argon2id"),
    salt: hex(saltBytes),
    memoryKiB: z.number().int().min(64).max(262_144),
    passes: z.number().int().min(1).max(16),
    lanes: z.number().int().min(1).max(8),
  }),
  z.strictObject({ name: z.literal("hkdf"), salt: hex(saltBytes) }),
]);
type Derivation = z.infer<typeof Derivation>;

/** FORMAT.md, "Key slots". */
export const KeySlot = z.strictObject({
  format: z.literal(1),
  repositoryId: hex(16),
  slotId: hex(8),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  derivation: Derivation,
  /** The master key, sealed with the slot's. */
  sealedKey: hex(keyBytes + tagBytes),
  /** What a person calls it, sealed as an object is. */
  sealedLabel: z
    .string()
    .max(4096)
    .regex(/^([0-9a-f]{2})+$/),
});
export type KeySlot = z.infer<typeof KeySlot>;

/** Memory and time for each guess: the second recommendation of RFC 9106. */
const guessCost = { memoryKiB: 65_536, passes: 3, lanes: 4 } as const;
const onlyNonce = Buffer.alloc(nonceBytes);

export type SlotHead = Omit<KeySlot, "sealedKey" | "sealedLabel">;

/** What opens the slot. */
export function kindOf({ derivation }: SlotHead): Secret["kind"] {
  return derivation.name === "argon2id" ? "passphrase" : "keyFile";
}

/** The head of a new slot, with a salt that no other has. */
export function newSlotHead(repositoryId: string, secret: Secret, createdAt: string): SlotHead {
  const salt = crypto.randomBytes(saltBytes).toString("hex");
  const derivation: Derivation =
    secret.kind === "passphrase" ? { name: "argon2id", salt, ...guessCost } : { name: "hkdf", salt };
  const slotId = crypto.randomBytes(8).toString("hex");
  return { format: 1, repositoryId, slotId, createdAt, derivation };
}

/** The master key as the slot holds it, in hexadecimal. @throws ForkpointError NODE_TOO_OLD */
export async function sealKey(head: SlotHead, secret: Secret, master: MasterKey): Promise<string> {
  const key = await slotKey(head.derivation, secret);
  if (!key) throw new TypeError("The slot is for another kind of secret.");
  return encrypt(key, onlyNonce, associated(head), master.reveal()).toString("hex");
}

/** The master key; null when the secret does not open the slot. @throws ForkpointError NODE_TOO_OLD */
export async function openKey(slot: KeySlot, secret: Secret): Promise<MasterKey | null> {
  const key = await slotKey(slot.derivation, secret);
  if (!key) return null;
  const bytes = decrypt(key, onlyNonce, associated(slot), Buffer.from(slot.sealedKey, "hex"));
  return bytes && new MasterKey(bytes);
}

/** null for a secret of the other kind. */
async function slotKey(derivation: Derivation, secret: Secret): Promise<crypto.KeyObject | null> {
  const salt = Buffer.from(derivation.salt, "hex");
  if (derivation.name === "hkdf") {
    return secret.kind === "keyFile" ? deriveKey(secret.key, salt, "forkpoint key file") : null;
  }
  if (secret.kind !== "passphrase") return null;
  // Typed on another keyboard, the same letters may be other code points.
  const message = Buffer.from(secret.passphrase.normalize("NFC"), "utf8");
  if (typeof crypto.argon2 !== "function") {
    throw new ForkpointError("NODE_TOO_OLD", "This Node has no argon2, which passphrases need.", {
      hint: "Install Node 24.7 or newer, or point FORKPOINT_NODE at one; key files work without.",
    });
  }
  const { memoryKiB: memory, passes, lanes: parallelism } = derivation;
  const parameters = { message, nonce: salt, memory, passes, parallelism, tagLength: keyBytes };
  return crypto.createSecretKey(await promisify(crypto.argon2)("argon2id", parameters));
}

/** All that stands in the slot in clear, in one form. */
function associated(head: SlotHead): Buffer {
  const { format, repositoryId, slotId, createdAt, derivation } = head;
  const ordered =
    derivation.name === "hkdf"
      ? { name: derivation.name, salt: derivation.salt }
      : {
          name: derivation.name,
          salt: derivation.salt,
          memoryKiB: derivation.memoryKiB,
          passes: derivation.passes,
          lanes: derivation.lanes,
        };
  return Buffer.from(
    JSON.stringify({ format, repositoryId, slotId, createdAt, derivation: ordered }),
    "utf8",
  );
}
