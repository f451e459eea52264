import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROMPT_RATE } from '../voices/voice.ts';
import { encodeWav } from './wav.ts';

/** As long as a comma. */
const PAUSE_MS = 140;

/** A file of silence, to be played between pieces of a sentence. The path is the result. */
export async function writePause(folder: string): Promise<string> {
  const path = join(folder, 'pause.wav');
  const samples = new Int16Array((PAUSE_MS * PROMPT_RATE) / 1_000);
  await writeFile(`${path}.part`, encodeWav(samples, PROMPT_RATE));
  await rename(`${path}.part`, path);
  return path;
}
