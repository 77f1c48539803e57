import type { Secret as GivenSecret } from "../../protocol/store.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Secret } from "../../repository/secret.ts";

const leastCharacters = 8;

/** What a client gave, to open a repository with. */
export function secretOf(given: GivenSecret): Secret {
  return "passphrase" in given
    ? { kind: "passphrase", passphrase: given.passphrase }
    : { kind: "keyFile", key: Buffer.from(given.keyFile, "base64") };
}

/** As `secretOf`, for one that is to open it from now on. @throws ForkpointError BAD_REQUEST */
export function newSecretOf(given: GivenSecret): Secret {
  const secret = secretOf(given);
  if (secret.kind === "passphrase" && Array.from(secret.passphrase).length < leastCharacters) {
    throw new ForkpointError("BAD_REQUEST", `The passphrase has fewer than ${leastCharacters} characters.`, {
      hint: "Several words that do not belong together are easy to keep and hard to guess.",
    });
  }
  return secret;
}
