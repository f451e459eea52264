import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import type { Language } from '../../src/model/contact.ts';
import { holdMusic } from '../../src/speech/audio/music.ts';
import { toFloat, toInt16 } from '../../src/speech/audio/pcm.ts';
import { resample } from '../../src/speech/audio/resample.ts';
import { EspeakVoice } from '../../src/speech/voices/espeak-voice.ts';
import { PROMPT_RATE } from '../../src/speech/voices/voice.ts';

/** The voice that comes with the house, speaking as callers do. To be closed. */
export class Speaker {
  readonly #voice = new EspeakVoice(systemClock, silentLogger);

  async say(text: string, language: Language, rate: number = PROMPT_RATE): Promise<Int16Array> {
    return atRate(await this.#voice.speak({ text, language }, true), rate);
  }

  close(): Promise<void> {
    return this.#voice.close();
  }
}

const atRate = async (samples: Int16Array, rate: number): Promise<Int16Array> =>
  toInt16(await resample(toFloat(samples), PROMPT_RATE, rate));

const samplesOf = (ms: number, rate: number): number => Math.round((ms * rate) / 1_000);

export const silence = (ms: number, rate: number = PROMPT_RATE): Int16Array =>
  new Int16Array(samplesOf(ms, rate));

/** White noise of that level (dBFS, root mean square), the same every time. */
export function noise(ms: number, dbfs: number, rate: number = PROMPT_RATE): Int16Array {
  const peak = 32_768 * 10 ** (dbfs / 20) * Math.sqrt(3);
  let state = 12_345;
  return Int16Array.from({ length: samplesOf(ms, rate) }, () => {
    // A linear congruential generator (Numerical Recipes).
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state / 2_147_483_648) * peak;
  });
}

/** The tones of the key 5 (ITU-T Q.23), as a line without RFC 4733 carries it. */
export const keyTone = (ms: number, rate: number = PROMPT_RATE): Int16Array =>
  Int16Array.from(
    { length: samplesOf(ms, rate) },
    (_, at) =>
      6_000 *
      (Math.sin((2 * Math.PI * 770 * at) / rate) + Math.sin((2 * Math.PI * 1_336 * at) / rate)),
  );

export const music = (ms: number, rate: number = PROMPT_RATE): Int16Array =>
  holdMusic(rate).slice(0, samplesOf(ms, rate));

export function inARow(...sounds: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(sounds.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const sound of sounds) {
    all.set(sound, at);
    at += sound.length;
  }
  return all;
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: Int16Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
