import { type ErrorCode, ForkpointError } from "../protocol/errors.ts";

interface Answer {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint?: string;
}

const credentialsHint =
  "Replace them in ~/.aws, and the agent goes on by itself. Where they are in its environment (AWS_ACCESS_KEY_ID), restart it after a change.";

/** What S3 servers say, by the name of the error. */
const answers: Readonly<Record<string, Answer>> = {
  NoSuchBucket: { code: "STORE_BUCKET_MISSING", why: "there is no such bucket" },
  InvalidBucketName: { code: "STORE_BUCKET_MISSING", why: "the server takes no bucket of that name" },
  PermanentRedirect: wrongRegion(),
  AuthorizationHeaderMalformed: wrongRegion(),
  IllegalLocationConstraintException: wrongRegion(),
  AccessDenied: { code: "STORE_DENIED", why: "access is denied" },
  AllAccessDisabled: { code: "STORE_DENIED", why: "access is disabled" },
  AccountProblem: { code: "STORE_DENIED", why: "there is a problem with the account" },
  InvalidAccessKeyId: { code: "STORE_DENIED", why: "the access key is not known", hint: credentialsHint },
  SignatureDoesNotMatch: { code: "STORE_DENIED", why: "the secret key is wrong", hint: credentialsHint },
  InvalidToken: { code: "STORE_DENIED", why: "the session token is wrong", hint: credentialsHint },
  ExpiredToken: { code: "STORE_DENIED", why: "the session token has expired", hint: credentialsHint },
  CredentialsProviderError: { code: "STORE_DENIED", why: "no credentials were found", hint: credentialsHint },
  TokenProviderError: {
    code: "STORE_DENIED",
    why: "the sign-in has expired",
    hint: "Sign in again (aws sso login).",
  },
  RequestTimeTooSkewed: {
    code: "STORE_UNREACHABLE",
    why: "the clock of this machine is wrong",
    hint: "Set the clock, for example with `timedatectl set-ntp true`.",
  },
  QuotaExceeded: { code: "STORE_FULL", why: "its quota is used up" },
  XMinioStorageFull: { code: "STORE_FULL", why: "the server is full" },
  InsufficientStorage: { code: "STORE_FULL", why: "the server is full" },
  EntityTooLarge: { code: "STORE_DENIED", why: "the server takes no object as large as this" },
};

/** Besides all from 500 on: a slow request, writers in each other's way, too many requests. */
const passing = new Set([408, 409, 412, 429]);

const networkAnswers: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up now",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no network",
};

const certificateHint = "Trust its certificate with NODE_EXTRA_CA_CERTS, or correct the endpoint.";

/**
 * The ForkpointError for what the S3 client threw. Only names, status numbers and the server's address get
 * into it: what a server writes may repeat parts of the request, credentials among them.
 * @param doing what was tried, as "write refs/a"
 */
export function s3Failure(thrown: unknown, where: string, doing: string): ForkpointError {
  const name = nameOf(thrown);
  const status = statusOf(thrown);
  const { code, why, hint } = answers[name] ?? (status ? byStatus(status, name) : byNetwork(thrown));
  return new ForkpointError(code, `Cannot ${doing} in ${where}: ${why}.`, {
    ...(hint === undefined ? {} : { hint }),
    details: { ...(status ? { status } : {}), ...(isTelling(name) ? { name } : {}) },
  });
}

/** Whether other credentials would help, as far as the server says. */
export function isOfCredentials(thrown: unknown): boolean {
  const name = nameOf(thrown);
  return name === "TokenProviderError" || answers[name]?.hint === credentialsHint;
}

/** The name of the error that the server, or the client itself, gave. */
export function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "";
}

/** The status of the HTTP answer; undefined when there was none. */
export function statusOf(thrown: unknown): number | undefined {
  const status = (thrown as { $metadata?: { httpStatusCode?: unknown } } | null)?.$metadata?.httpStatusCode;
  return typeof status === "number" ? status : undefined;
}

/** Whether an error's name says what happened, and can hold nothing but a name. */
function isTelling(name: string): boolean {
  return /^[A-Za-z]\w{1,60}$/.test(name) && name !== "Error";
}

function byStatus(status: number, name: string): Answer {
  const said = isTelling(name) ? `${status} ${name}` : String(status);
  const why = `the server answers ${said}`;
  if (status === 507) return { code: "STORE_FULL", why };
  if (status >= 500 || passing.has(status)) return { code: "STORE_UNREACHABLE", why };
  if (status === 301 || status === 307) return wrongRegion();
  if (status === 401 || status === 403) return { code: "STORE_DENIED", why };
  // A 404 that does not name the key is the answer of something else than the store, say a proxy.
  if (status === 404 || status < 400) return { code: "STORE_UNREACHABLE", why };
  return { code: "STORE_DENIED", why };
}

function byNetwork(thrown: unknown): Answer {
  const codes = codesOf(thrown);
  const known = codes.map((each) => networkAnswers[each]).find((each) => each !== undefined);
  if (known) return { code: "STORE_UNREACHABLE", why: known };
  const certificate = codes.find((each) => /CERT|SSL|TLS|UNABLE_TO_VERIFY/.test(each));
  if (certificate) {
    const why = `its certificate or encryption is not accepted (${certificate})`;
    return { code: "STORE_UNREACHABLE", why, hint: certificateHint };
  }
  return {
    code: "STORE_UNREACHABLE",
    why: codes[0] ? `the connection failed (${codes[0]})` : "the connection failed",
  };
}

/** The system's codes of an error and of what it wraps; an address with two families wraps one for each. */
function codesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [];
  const code =
    "code" in thrown && typeof thrown.code === "string" && /^\w+$/.test(thrown.code) ? [thrown.code] : [];
  const inner: unknown[] = thrown instanceof AggregateError ? thrown.errors : [];
  return [...code, ...inner.flatMap(codesOf), ...codesOf(thrown.cause)];
}

function wrongRegion(): Answer {
  return {
    code: "STORE_BUCKET_MISSING",
    why: "the bucket lies in another region",
    hint: "Add region=… to the address.",
  };
}
