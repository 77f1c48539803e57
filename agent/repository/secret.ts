/** What a person opens an encrypted repository with. Never in a log, a message or a setting. */
export type Secret =
  | { readonly kind: "passphrase"; readonly passphrase: string }
  /** The 32 bytes of a key file. */
  | { readonly kind: "keyFile"; readonly key: Buffer };
