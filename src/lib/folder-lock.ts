import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Another process has the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

/**
 * Makes sure that one process has the folder. The lock is a listening local socket: the system gives it to
 * one process only and takes it back however that process ends, so there is no stale lock to judge.
 */
export async function lockFolder(folder: string): Promise<{ release(): void }> {
  const address = lockAddress(folder);
  const server = (await listen(address)) ?? (await listenInPlaceOfTheDead(address));
  if (!server)
    throw new FolderInUseError(
      `The data folder ${folder} is in use by another Centralita. Stop it, or give this one its own DATA_DIR.`,
    );
  server.unref();
  return { release: () => server.close() };
}

/** Linux has sockets without files (unix(7), abstract); Windows has pipes; elsewhere it is a file. */
function lockAddress(folder: string): string {
  const name = `centralita-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  if (platform() === 'linux') return `\0${name}`;
  return platform() === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}

/** A socket that is a file outlives its process: nobody answers there, and it may go. */
async function listenInPlaceOfTheDead(address: string): Promise<Server | undefined> {
  if (address.startsWith('\0') || platform() === 'win32') return undefined;
  const alive = await new Promise<boolean>((resolve) => {
    const socket = createConnection(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (alive) return undefined;
  await unlink(address).catch(() => undefined);
  return listen(address);
}
