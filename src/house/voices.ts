import { measureVoiceStates, measureVoices } from '../reporting/voices.ts';
import { openSpeech, type Speech } from '../speech/speech.ts';
import type { Foundation } from './foundation.ts';

/** @param secret Media servers fetch prompts with links that are signed by it. */
export async function openVoices(
  { config: { dataDir, voices, promptsUrl }, log, metrics, closing }: Foundation,
  secret: string,
): Promise<Speech> {
  const speech = await openSpeech({
    dataDir,
    log,
    voices,
    ...(promptsUrl ? { delivery: { base: promptsUrl, secret } } : {}),
    ...measureVoices(metrics),
  });
  closing.add('voices', () => speech.close());
  measureVoiceStates(metrics, () => speech.voices);
  return speech;
}
