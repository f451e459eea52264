import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { RecordingFolder } from '../runtime/ports/index.ts';

/** Messages and their like, in the folder that media servers write to. */
export function recordingsOf({ dataDir }: Config): RecordingFolder {
  const fileOf = (id: string) => join(dataDir, 'recordings', `${id}.wav`);
  return { fileOf, remove: (id) => void rm(fileOf(id), { force: true }).catch(() => {}) };
}
