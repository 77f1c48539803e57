import { open, type FileHandle } from "node:fs/promises";

const blockBytes = 256 * 1024;
/** Above this, reading both mostly costs more than the answer is worth. */
const worthReadingBytes = 16 * 1024 * 1024;

/**
 * Whether two files of the same size hold the same bytes. Those larger than `limit` bytes are taken for
 * different, and so are those that this user may not read.
 */
export async function sameBytes(a: Buffer, b: Buffer, limit = worthReadingBytes): Promise<boolean> {
  const one = await openReadable(a);
  if (!one) return false;
  const other = await openReadable(b);
  if (!other) {
    await one.close();
    return false;
  }
  try {
    const { size } = await one.stat();
    if (size > limit) return false;
    const block = Math.min(size + 1, blockBytes);
    const left = Buffer.allocUnsafe(block);
    const right = Buffer.allocUnsafe(block);
    for (;;) {
      const [l, r] = await Promise.all([one.read(left), other.read(right)]);
      if (l.bytesRead !== r.bytesRead) return false;
      if (l.bytesRead === 0) return true;
      if (left.compare(right, 0, r.bytesRead, 0, l.bytesRead) !== 0) return false;
    }
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

async function openReadable(path: Buffer): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EACCES") return null;
    throw thrown;
  }
}
