import type { CephServer } from "../../support/cephServer.ts";

/** The bytes that the objects of a bucket hold. */
export async function bucketBytes(ceph: CephServer, bucket: string): Promise<number> {
  const listed = JSON.parse(
    await ceph.admin("bucket", "list", "--bucket", bucket, "--max-entries", "1000000"),
  ) as {
    meta: { size: number };
  }[];
  return listed.reduce((sum, { meta }) => sum + meta.size, 0);
}
