import type { Ending } from '../../model/utterance.ts';
import { normalised, SPEECH_DBFS, trimmed } from './loudness.ts';
import { toInt16 } from './pcm.ts';
import { resample } from './resample.ts';

/** Silence before and after, by how a stretch ends: whole sentences breathe, pieces of one follow at once. */
const SILENCE_MS: Readonly<Record<Ending | 'whole', readonly [lead: number, tail: number]>> = {
  whole: [40, 120],
  joined: [5, 20],
  last: [5, 120],
};

/** What a voice said, as prompts are kept: at the rate, without its own silence, as loud as all others. */
export async function finished(
  samples: Float32Array,
  fromRate: number,
  toRate: number,
  ending: Ending | undefined,
): Promise<Int16Array> {
  const [lead, tail] = SILENCE_MS[ending ?? 'whole'];
  const sound = await resample(samples, fromRate, toRate);
  return toInt16(normalised(trimmed(sound, toRate, lead, tail), SPEECH_DBFS));
}
