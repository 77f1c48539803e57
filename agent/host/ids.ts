import { randomBytes } from "node:crypto";

const crockford = "0123456789abcdefghjkmnpqrstvwxyz";

/** How long an id is. */
export const idCharacters = 12;

/** A new id: 12 characters of Crockford's base32 in lower case, 60 random bits. */
export function newId(): string {
  return Array.from(randomBytes(idCharacters), (byte) => crockford.charAt(byte & 31)).join("");
}

/** What a person may write for an id: the id or a beginning of it, at least 4 characters. */
export const idPrefixPattern = /^[0-9a-hjkmnp-tv-z]{4,12}$/;
