import { grammarOf } from '../grammar/grammar.ts';
import { LANGUAGES, type Language } from '../model/contact.ts';
import type { CallbackPhrase, FeaturePhrase, Phrases } from '../runtime/ports.ts';
import type { Catalogues } from './catalogue.ts';
import type { Sentence } from './voices/voice.ts';

/** Positions that are rendered before anybody is in them. */
const POSITIONS_PREPARED = 20;

/** The catalogues with their places filled: numbers and waits as the language says them. */
export class CataloguePhrases implements Phrases {
  readonly #catalogues: Catalogues;

  constructor(catalogues: Catalogues) {
    this.#catalogues = catalogues;
  }

  feature(phrase: FeaturePhrase, language: Language): string {
    return this.#catalogues[language].feature[phrase];
  }

  queuePosition(position: number, language: Language): string {
    const { queue } = this.#catalogues[language];
    const ahead = Math.max(0, Math.floor(position) - 1);
    if (ahead === 0) return queue.next;
    const isOne = new Intl.PluralRules(language).select(ahead) === 'one';
    // In all our languages the ones who wait are people: feminine in Spanish.
    const count = grammarOf(language).cardinal(ahead, 'feminine');
    return (isOne ? queue.ahead.one : queue.ahead.other).replace('{count}', count);
  }

  /** How long it may take, as a range of milliseconds. */
  queueWait(fromMs: number, toMs: number, language: Language): string {
    const wait = grammarOf(language).wait(fromMs, toMs);
    return this.#catalogues[language].queue.wait.replace('{wait}', wait);
  }

  queueLonger(language: Language): string {
    return this.#catalogues[language].queue.longer;
  }

  queueThanks(language: Language): string {
    return this.#catalogues[language].queue.thanks;
  }

  callback(phrase: CallbackPhrase, language: Language, name?: string): string {
    const { callback } = this.#catalogues[language];
    if (phrase !== 'agent') return callback[phrase];
    return name ? callback.agent.replace('{name}', () => name) : callback.agentUnnamed;
  }

  /** Everything that is worth rendering before the first call. */
  prepared(): readonly Sentence[] {
    return LANGUAGES.flatMap((language) =>
      this.#sentencesOf(language).map((text) => ({ text, language })),
    );
  }

  #sentencesOf(language: Language): readonly string[] {
    const { feature, queue, system, callback } = this.#catalogues[language];
    const positions = Array.from({ length: POSITIONS_PREPARED }, (_, at) =>
      this.queuePosition(at + 1, language),
    );
    const { agentUnnamed, confirm, connecting } = callback;
    const fixed = [
      ...[agentUnnamed, confirm, connecting],
      ...Object.values(feature),
      ...Object.values(system),
    ];
    return [...fixed, queue.longer, queue.thanks, queue.connecting, ...positions];
  }
}
