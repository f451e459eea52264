import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROMPT_RATE } from '../voices/voice.ts';
import { holdMusic } from './music.ts';
import { encodeWav } from './wav.ts';

/** As long as a comma. */
const PAUSE_MS = 140;
/** Of a bar of music: time for a voice to say a sentence. */
const INTERLUDE_MS = 2_000;
const FADE_MS = 200;

/** What is played where there are no words: files. */
export interface Fillers {
  /** Silence between the pieces of a sentence. */
  readonly pause: string;
  /** Music, until there are words: it needs no voice. */
  readonly interlude: string;
}

export async function writeFillers(folder: string): Promise<Fillers> {
  const [pause, interlude] = await Promise.all([
    write(join(folder, 'pause.wav'), new Int16Array(samplesOf(PAUSE_MS))),
    write(join(folder, 'interlude.wav'), fadedOut(holdMusic(PROMPT_RATE, 1))),
  ]);
  return { pause, interlude };
}

const samplesOf = (ms: number): number => (ms * PROMPT_RATE) / 1_000;

/** The beginning of it, without a click at its end. */
function fadedOut(music: Int16Array): Int16Array {
  const [length, fade] = [samplesOf(INTERLUDE_MS), samplesOf(FADE_MS)];
  return music
    .slice(0, length)
    .map((sample, at) => Math.round(sample * Math.min(1, (length - at) / fade)));
}

async function write(path: string, samples: Int16Array): Promise<string> {
  await writeFile(`${path}.part`, encodeWav(samples, PROMPT_RATE));
  await rename(`${path}.part`, path);
  return path;
}
