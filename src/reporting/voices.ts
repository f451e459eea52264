import { Counter, Gauge, type Registry } from 'prom-client';
import type { Language } from '../model/contact.ts';

/** What callers hear instead of what a voice did not have in time. */
export interface VoiceMeters {
  /** Another voice said it. */
  onSpare(language: Language): void;
  /** It was left out. */
  onCut(language: Language): void;
  /** It was not said. */
  onMissing(language: Language): void;
}

export function measureVoices(registry: Registry): VoiceMeters {
  const counter = (name: string, help: string): ((language: Language) => void) => {
    const counted = new Counter({ name, help, labelNames: ['language'], registers: [registry] });
    return (language) => counted.inc({ language });
  };
  return {
    onSpare: counter(
      'centralita_spare_voice_sentences_total',
      'Sentences of calls said by eSpeak because the configured voice failed or was late',
    ),
    onCut: counter(
      'centralita_cut_sentences_total',
      'Sentences of calls said without what no voice had made in time, such as a name',
    ),
    onMissing: counter(
      'centralita_missing_sentences_total',
      'Sentences that callers in queues were not told because they had not been rendered',
    ),
  };
}

/** Who can speak now. */
export function measureVoiceStates(
  registry: Registry,
  states: () => readonly { readonly name: string; readonly usable: boolean }[],
): void {
  new Gauge({
    name: 'centralita_voice_usable',
    help: '0 while the breaker keeps sentences from it, and another voice speaks',
    labelNames: ['voice'],
    registers: [registry],
    collect() {
      for (const { name, usable } of states()) this.set({ voice: name }, usable ? 1 : 0);
    },
  });
}
