import type { FileHandle } from 'node:fs/promises';

/**
 * Writes all of it at the position, or rejects. A disk that has room for a part takes that part and says so (write(2)):
 * only the next write is told that it is full.
 */
export async function writeWhole(
  file: Pick<FileHandle, 'write'>,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.length - done;
    done += (await file.write(bytes, done, rest, position + done)).bytesWritten;
  }
}
