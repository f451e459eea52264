import type { Config } from './config/config.ts';
import { layFoundation } from './house/foundation.ts';
import type { House } from './house/house.ts';
import type { Logger } from './lib/log.ts';
import { makeFolder } from './lib/make-folder.ts';

export type { House } from './house/house.ts';

/** Opens it. What was opened is closed again if a part fails. */
export async function openHouse(config: Config, log: Logger): Promise<House> {
  await makeFolder(config.dataDir);
  const foundation = layFoundation(config, log);
  try {
    // A second's worth of modules, which the database has for its own start.
    const { openRooms } = await import('./house/rooms.ts');
    return await openRooms(foundation);
  } catch (error) {
    await foundation.closing.close();
    throw error;
  }
}
