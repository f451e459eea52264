import { realpath } from 'node:fs/promises';
import type { Config } from './config/config.ts';
import { layFoundation } from './house/foundation.ts';
import type { House } from './house/house.ts';
import { lockFolder } from './lib/folder-lock.ts';
import type { Logger } from './lib/log.ts';
import { makeFolder } from './lib/make-folder.ts';

export type { House } from './house/house.ts';

/**
 * Opens it. What was opened is closed again if a part fails, or when it is to leave before it is open: then it rejects
 * with the signal's reason.
 */
export async function openHouse(
  config: Config,
  log: Logger,
  leaving = new AbortController().signal,
): Promise<House> {
  const { dataDir } = config;
  await makeFolder(dataDir);
  const lock = await lockFolder(await realpath(dataDir));
  const foundation = layFoundation(config, log);
  foundation.closing.add('data folder', () => lock.release());
  try {
    // A second's worth of modules, which the database has for its own start.
    const { openRooms } = await import('./house/rooms.ts');
    return await openRooms(foundation, leaving);
  } catch (error) {
    await foundation.closing.close();
    throw error;
  }
}
