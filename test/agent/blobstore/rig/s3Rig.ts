import { S3BlobStore } from "../../../../agent/blobstore/s3BlobStore.ts";
import { type S3Url, parseStoreUrl } from "../../../../agent/blobstore/storeUrl.ts";
import { systemClock } from "../../../../agent/host/clock.ts";
import type { S3Credentials } from "../../../support/cephServer.ts";

export function s3Url(where: { bucket: string; endpoint: string; prefix?: string }): S3Url {
  const url = parseStoreUrl(
    `s3://${where.bucket}/${where.prefix ?? ""}?endpoint=${where.endpoint}&region=us-east-1`,
  );
  if (url.kind !== "s3") throw new Error("This is the address of a bucket.");
  return url;
}

export function s3Store(
  where: { bucket: string; endpoint: string; prefix?: string },
  credentials: S3Credentials,
  patienceMs = 10_000,
): S3BlobStore {
  return new S3BlobStore({ url: s3Url(where), clock: systemClock, credentials, patienceMs });
}
