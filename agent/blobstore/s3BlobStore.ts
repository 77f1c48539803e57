import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { Blob, BlobStore, Condition, ListedObject, Pace, Range } from "./blobStore.ts";
import { checkKey, checkPrefix, isKey } from "./objectKey.ts";
import { Patience } from "./patience.ts";
import { pacedBody, readBody } from "./s3Body.ts";
import { ConditionalPut, type ConditionHeaders } from "./s3ConditionalPut.ts";
import { isOfCredentials, nameOf, s3Failure, statusOf } from "./s3Failure.ts";
import type { S3Url } from "./storeUrl.ts";

/** A link slower than this, in bytes a second, is taken for a dead one. */
const slowestUpload = 32 * 1024;

/**
 * A store in an S3 bucket. Each object is written by one PUT, since no server honours conditions on anything
 * else reliably. Never tries twice by itself, except where the server has said that nothing was written.
 */
export class S3BlobStore implements BlobStore {
  readonly url: string;
  readonly #newClient: () => S3Client;
  #presentClient: S3Client | null = null;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #where: string;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #findsRegion: boolean;
  readonly #conditionalPut = new ConditionalPut();

  /**
   * @param parts.credentials for tests; else they are looked for where the AWS tools look
   * @param parts.patienceMs how long a server may be silent
   */
  constructor(parts: {
    url: S3Url;
    clock: Clock;
    credentials?: S3ClientConfig["credentials"];
    patienceMs?: number;
  }) {
    const { url, credentials } = parts;
    this.url = url.text;
    this.#bucket = url.bucket;
    this.#prefix = url.prefix;
    this.#where = `the bucket ${url.bucket}${url.endpoint === null ? "" : ` at ${url.endpoint}`}`;
    this.#clock = parts.clock;
    this.#patienceMs = parts.patienceMs ?? 30_000;
    this.#findsRegion = url.region === null;
    // What the client keeps of the files of the AWS tools must not outlive a change there.
    const files = { ignoreCache: true };
    const config: S3ClientConfig = {
      ...files,
      region: url.region ?? "us-east-1",
      followRegionRedirects: url.region === null,
      ...(url.endpoint === null ? {} : { endpoint: url.endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      forcePathStyle: url.forcePathStyle,
      maxAttempts: 1,
      // The client would write to the console that it does not try again.
      logger: silentClient,
      // Servers other than Amazon's refuse the trailing checksums that are the default.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    };
    this.#newClient = () => new S3Client(config);
  }

  get #client(): S3Client {
    return (this.#presentClient ??= this.#newClient());
  }

  async get(
    key: string,
    { signal, range, pace }: { signal: AbortSignal; range?: Range; pace?: Pace },
  ): Promise<Blob | null> {
    const object = this.#object(key);
    return this.#doing(`read ${key}`, signal, async (patience) => {
      try {
        // S3 cannot say "no bytes": one is asked for and dropped.
        const last = range && range.offset + Math.max(range.length, 1) - 1;
        const asked = range ? { Range: `bytes=${range.offset}-${last}` } : {};
        patience.wait();
        const found = await this.#client.send(new GetObjectCommand({ ...object, ...asked }), {
          abortSignal: AbortSignal.any([signal, patience.signal]),
        });
        const body = await readBody(found.Body as Readable, found.ContentLength, { signal, patience, pace });
        const start = /^bytes (\d+)-/.exec(found.ContentRange ?? "")?.[1];
        const skipped = range ? range.offset - Number(start ?? 0) : 0;
        if (skipped < 0) throw this.#answeredWrongly(key);
        const bytes = range ? body.subarray(skipped, skipped + range.length) : body;
        return { bytes, etag: bareEtag(found.ETag) };
      } catch (thrown) {
        if (nameOf(thrown) === "NoSuchKey") return null;
        // The range begins past the end.
        if (statusOf(thrown) !== 416) throw thrown;
        const etag = await this.#etag(key, signal, patience);
        return etag === null ? null : { bytes: new Uint8Array(), etag };
      }
    });
  }

  async put(
    key: string,
    bytes: Uint8Array,
    { signal, condition, pace }: { signal: AbortSignal; condition?: Condition; pace?: Pace },
  ): Promise<{ etag: string } | null> {
    const object = this.#object(key);
    const write = async (patience: Patience, headers: ConditionHeaders) => {
      const waitMs = (bytes.length / slowestUpload) * 1000;
      // Where the region is still to be found out, the client may have to send the body twice.
      const isPiecemeal = pace !== undefined && !this.#findsRegion && bytes.length > 0;
      if (pace && !isPiecemeal) await pace(bytes.length);
      const body = isPiecemeal ? pacedBody(bytes, pace, patience, waitMs) : bytes;
      patience.wait(waitMs);
      const command = new PutObjectCommand({
        ...object,
        ...headers,
        Body: body,
        ContentLength: bytes.length,
        // What arrives damaged is refused.
        ContentMD5: createHash("md5").update(bytes).digest("base64"),
      });
      if (isPiecemeal) signAsWhole(command, bytes);
      const abortSignal = AbortSignal.any([signal, patience.signal]);
      try {
        return { etag: bareEtag((await this.#client.send(command, { abortSignal })).ETag) };
      } finally {
        if (!(body instanceof Uint8Array)) body.destroy();
      }
    };
    return this.#doing(`write ${key}`, signal, (patience) => {
      if (!condition) return write(patience, {});
      return this.#conditionalPut.run(condition, bytes, {
        write: (headers) => write(patience, headers),
        presentEtag: () => this.#etag(key, signal, patience),
      });
    });
  }

  async *list(prefix: string, { signal }: { signal: AbortSignal }): AsyncGenerator<ListedObject> {
    checkPrefix(prefix);
    const from = { Bucket: this.#bucket, Prefix: this.#prefix + prefix };
    let token: string | undefined;
    do {
      const next = token === undefined ? {} : { ContinuationToken: token };
      const page = await this.#doing(`list ${prefix}`, signal, (patience) => {
        patience.wait();
        return this.#client.send(new ListObjectsV2Command({ ...from, ...next }), {
          abortSignal: AbortSignal.any([signal, patience.signal]),
        });
      });
      for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
        const key = Key.slice(this.#prefix.length);
        signal.throwIfAborted();
        if (!isKey(key)) continue;
        if (!LastModified) throw this.#answeredWrongly(prefix);
        yield { key, size: Size, modifiedAt: LastModified.getTime() };
      }
      if (page.IsTruncated && (!page.NextContinuationToken || page.NextContinuationToken === token)) {
        throw this.#answeredWrongly(prefix);
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async delete(key: string, { signal }: { signal: AbortSignal }): Promise<void> {
    const object = this.#object(key);
    await this.#doing(`delete ${key}`, signal, async (patience) => {
      patience.wait();
      await this.#client
        .send(new DeleteObjectCommand(object), { abortSignal: AbortSignal.any([signal, patience.signal]) })
        .catch((thrown: unknown) => {
          if (nameOf(thrown) !== "NoSuchKey") throw thrown;
        });
    });
  }

  /** The present etag of an object, null when there is none. */
  async #etag(key: string, signal: AbortSignal, patience: Patience): Promise<string | null> {
    patience.wait();
    try {
      const { ETag } = await this.#client.send(new HeadObjectCommand(this.#object(key)), {
        abortSignal: AbortSignal.any([signal, patience.signal]),
      });
      return bareEtag(ETag);
    } catch (thrown) {
      // The bucket is known to be there: it has just answered about this very key.
      if (statusOf(thrown) === 404) return null;
      throw thrown;
    }
  }

  async #doing<T>(doing: string, signal: AbortSignal, work: (patience: Patience) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const patience = new Patience({ clock: this.#clock, ms: this.#patienceMs, where: capital(this.#where) });
    try {
      return await work(patience);
    } catch (thrown) {
      signal.throwIfAborted();
      patience.signal.throwIfAborted();
      if (thrown instanceof ForkpointError) throw thrown;
      // They are looked for anew by the next who asks something of the store.
      if (isOfCredentials(thrown)) this.#presentClient = null;
      const failure = s3Failure(thrown, this.#where, doing);
      if (nameOf(thrown) !== "AccessDenied" || doing.startsWith("read") || doing.startsWith("list"))
        throw failure;
      if (!(await this.#canRead(signal))) throw failure;
      throw new ForkpointError("STORE_READ_ONLY", `Cannot ${doing} in ${this.#where}: it may only be read.`, {
        hint: "Allow s3:PutObject and s3:DeleteObject to these credentials, or choose another store.",
      });
    } finally {
      patience.end();
    }
  }

  async #canRead(signal: AbortSignal): Promise<boolean> {
    const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, MaxKeys: 1 });
    try {
      await this.#client.send(command, { abortSignal: signal });
      return true;
    } catch {
      return false;
    }
  }

  #object(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  #answeredWrongly(key: string): ForkpointError {
    return new ForkpointError(
      "STORE_UNREACHABLE",
      `${capital(this.#where)} answers about ${key} what was not asked.`,
    );
  }
}

const silent = () => undefined;
const silentClient = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

/** The signature covers the body of a stream, too, as it does of bytes. */
function signAsWhole(command: PutObjectCommand, bytes: Uint8Array): void {
  const digest = createHash("sha256").update(bytes).digest("hex");
  command.middlewareStack.add(
    (next) => (given) => {
      (given.request as { headers: Record<string, string> }).headers["x-amz-content-sha256"] = digest;
      return next(given);
    },
    { step: "build", name: "bodyDigest" },
  );
}

const bareEtag = (etag: string | undefined) => (etag ?? "").replaceAll('"', "");
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
