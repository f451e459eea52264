import { Counter, type Registry } from 'prom-client';
import type { Language } from '../model/contact.ts';

/** Sentences that a better voice could not say in time, and that the voice of the house said instead. */
export function measureSpareVoice(registry: Registry): (language: Language) => void {
  const counter = new Counter({
    name: 'centralita_spare_voice_sentences_total',
    help: 'Sentences of calls said by eSpeak because the configured voice failed or was late',
    labelNames: ['language'],
    registers: [registry],
  });
  return (language) => counter.inc({ language });
}
