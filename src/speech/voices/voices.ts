import type { Clock } from '../../lib/clock.ts';
import type { Language } from '../../model/contact.ts';
import { OpenAiVoice } from './openai-voice.ts';
import type { SherpaModel } from './sherpa-program.ts';
import { SherpaVoice } from './sherpa-voice.ts';
import type { Sentence, Voice } from './voice.ts';

/** Who speaks each language. A language that is not named is spoken by the voice that comes with the house. */
export interface VoicesConfig {
  readonly sherpa: readonly SherpaModel[];
  readonly openai?: {
    readonly baseUrl: string;
    readonly apiKey?: string;
    readonly model: string;
    readonly voices: Readonly<Partial<Record<Language, string>>>;
  };
}

/**
 * Undefined: the voice of the house speaks every language. Rejects when a voice that was asked for is not there.
 *
 * @param guarded Each voice with its guard, by its name.
 */
export async function openVoices(
  config: VoicesConfig | undefined,
  house: Voice,
  clock: Clock,
  guarded: (name: string, voice: Voice) => Voice,
): Promise<Voice | undefined> {
  const byLanguage = new Map<Language, Voice>();
  if (config?.openai) {
    const voice = guarded('openai', new OpenAiVoice({ ...config.openai, clock }));
    for (const language of Object.keys(config.openai.voices)) {
      byLanguage.set(language as Language, voice);
    }
  }
  if (config && config.sherpa.length > 0) {
    const voice = guarded('sherpa', await SherpaVoice.open(config.sherpa, clock));
    for (const { language } of config.sherpa) byLanguage.set(language, voice);
  }
  return byLanguage.size > 0 ? new VoiceByLanguage(byLanguage, house) : undefined;
}

class VoiceByLanguage implements Voice {
  readonly #voices: ReadonlyMap<Language, Voice>;
  readonly #others: Voice;

  constructor(voices: ReadonlyMap<Language, Voice>, others: Voice) {
    this.#voices = voices;
    this.#others = others;
  }

  fingerprint(language: Language): string {
    return this.#of(language).fingerprint(language);
  }

  speak(sentence: Sentence, urgent: boolean): Promise<Int16Array> {
    return this.#of(sentence.language).speak(sentence, urgent);
  }

  hurry(sentence: Sentence): void {
    this.#of(sentence.language).hurry(sentence);
  }

  drop(why: Error): void {
    for (const voice of this.#voices.values()) voice.drop(why);
  }

  isBusy(language: Language): boolean {
    return this.#of(language).isBusy(language);
  }

  async close(): Promise<void> {
    await Promise.all([...new Set(this.#voices.values())].map((voice) => voice.close()));
  }

  #of(language: Language): Voice {
    return this.#voices.get(language) ?? this.#others;
  }
}
