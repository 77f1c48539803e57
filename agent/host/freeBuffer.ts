/**
 * Gives the memory of a buffer that nobody uses any more back at once. Left as garbage, buffers beside the heap bring on
 * one collection of all of it after the other, though the heap itself hardly grows. It must have that memory to itself;
 * small ones, which may share theirs, are left alone.
 */
export function freeBuffer({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}
