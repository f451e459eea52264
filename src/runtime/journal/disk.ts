import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../lib/write-whole.ts';

/** A file that is being written. */
export interface DiskFile {
  /** Writes all of it at the position: a failed write is repeated at the same place. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The journal's folder. Tests put a disk in its place that is full. */
export interface Disk {
  names(): Promise<readonly string[]>;
  /** All of it, or its beginning. */
  read(name: string, bytesMax?: number): Promise<Buffer>;
  /** In bytes. */
  size(name: string): Promise<number>;
  create(name: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A real folder, made if it is not there. */
export async function openFolder(folder: string): Promise<Disk> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    names: () => readdir(folder),
    read: (name, bytesMax) =>
      bytesMax === undefined
        ? readFile(join(folder, name))
        : readStart(join(folder, name), bytesMax),
    size: async (name) => (await stat(join(folder, name))).size,
    create: (name) => createFile(join(folder, name)),
    async rename(from, to) {
      await rename(join(folder, from), join(folder, to));
      await syncFolder(folder);
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

async function readStart(path: string, bytesMax: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytesMax), 0, bytesMax, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function createFile(path: string): Promise<DiskFile> {
  const handle = await open(path, 'w', 0o600);
  return {
    write: (bytes, position) => writeWhole(handle, bytes, position),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

/** A new name is only safe when the folder itself is written. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
