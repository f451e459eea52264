import { grammarOf, piecesOf, WAIT_MINUTES } from '../grammar/grammar.ts';
import { type CallerStatus, LANGUAGES, type Language } from '../model/contact.ts';
import type { Utterance } from '../model/utterance.ts';
import type { CallbackPhrase, Phrases } from '../runtime/ports/index.ts';
import type { ArrivalFacts } from '../runtime/ports/outside.ts';
import type { FeaturePhrase } from '../runtime/ports/phrases.ts';
import type { Catalogues } from './catalogue.ts';
import type { Patience } from './renderer.ts';
import type { Sentence } from './voices/voice.ts';

const MINUTE_MS = 60_000;
/** Whoever has waited for less has not waited. */
const WAIT_TOLD_MS_MIN = 60_000;
/** Positions that are rendered before anybody is in them. */
const POSITIONS_PREPARED = 20;
/** Made once: each costs half a millisecond, and everybody in line is told where they stand. */
const PLURALS: Readonly<Record<Language, Intl.PluralRules>> = {
  'es-ES': new Intl.PluralRules('es-ES'),
  'es-MX': new Intl.PluralRules('es-MX'),
  en: new Intl.PluralRules('en'),
};

/** The catalogues with their places filled: numbers and waits as the language says them. */
export class CataloguePhrases implements Phrases {
  readonly #catalogues: Catalogues;
  #prepared: readonly Sentence[] | undefined;

  constructor(catalogues: Catalogues) {
    this.#catalogues = catalogues;
  }

  feature(phrase: FeaturePhrase, language: Language): string {
    return this.#catalogues[language].feature[phrase];
  }

  queuePosition(position: number, language: Language): Utterance {
    const { queue } = this.#catalogues[language];
    const ahead = Math.max(0, Math.floor(position) - 1);
    if (ahead === 0) return { text: queue.next, language };
    const isOne = PLURALS[language].select(ahead) === 'one';
    // In all our languages the ones who wait are people: feminine in Spanish.
    const count = grammarOf(language).cardinal(ahead, 'feminine');
    return filled(isOne ? queue.ahead.one : queue.ahead.other, count, language);
  }

  /** How long it may take, as a range of milliseconds. */
  queueWait(fromMs: number, toMs: number, language: Language): Utterance {
    const wait = grammarOf(language).wait(fromMs, toMs);
    return filled(this.#catalogues[language].queue.wait, wait, language);
  }

  queueLonger(language: Language): string {
    return this.#catalogues[language].queue.longer;
  }

  queueThanks(language: Language): string {
    return this.#catalogues[language].queue.thanks;
  }

  /** Said while the voice makes a sentence of which nothing is there, and in its place. */
  patience(language: Language): Patience {
    const {
      oneMoment: moment,
      stillOneMoment: longer,
      cannotTell: never,
    } = this.#catalogues[language].system;
    return { moment, longer, never };
  }

  /** The first to be rendered: until the rest is, they stand in for it. */
  patient(): readonly Sentence[] {
    return LANGUAGES.flatMap((language) =>
      Object.values(this.patience(language)).map((text) => ({ text, language })),
    );
  }

  callback(phrase: CallbackPhrase, language: Language, name?: string): string {
    const { callback } = this.#catalogues[language];
    if (phrase !== 'agent') return callback[phrase];
    return name ? callback.agent.replace('{name}', () => name) : callback.agentUnnamed;
  }

  arrival(facts: ArrivalFacts, language: Language): readonly Utterance[] {
    const { arrival } = this.#catalogues[language];
    const { kind, from = '', status, reason, waitMs, asks } = facts;
    const fixed = (text: string): Utterance => ({ text, language });
    const comesFrom = kind === 'transfer' || kind === 'consultation';
    return [
      ...(kind === 'callback' ? [fixed(arrival.callback)] : []),
      ...(comesFrom && from ? [fixed(arrival[kind].replace('{name}', () => from))] : []),
      ...(isMarked(status) ? [fixed(arrival[status])] : []),
      ...(reason ? [fixed(sentenceOf(reason))] : []),
      ...(waitMs >= WAIT_TOLD_MS_MIN ? [this.#waited(waitMs, language)] : []),
      ...(asks ? [fixed(arrival.accept)] : []),
    ];
  }

  #waited(waitMs: number, language: Language): Utterance {
    const ms = roundedMinutes(waitMs) * MINUTE_MS;
    const wait = grammarOf(language).wait(ms, ms);
    return filled(this.#catalogues[language].arrival.wait, wait, language);
  }

  /** Everything that is worth rendering before the first call. Worked out once: every change of the configuration asks. */
  prepared(): readonly Sentence[] {
    this.#prepared ??= LANGUAGES.flatMap((language) => [
      ...this.#sentencesOf(language).map((text) => ({ text, language })),
      ...this.#piecesOf(language),
    ]);
    return this.#prepared;
  }

  /** What every wait within an hour is put together from; longer ones are rare, and rendered as they come. */
  #piecesOf(language: Language): readonly Sentence[] {
    const vocabulary = new Set(grammarOf(language).vocabulary('wait', []));
    const found = new Map<string, Sentence>();
    const waits = waitsWithinAnHour();
    const sentences = [
      ...waits.map(([from, to]) => this.queueWait(from, to, language)),
      ...waits.map(([, to]) => this.#waited(to, language)),
    ];
    for (const { parts = [] } of sentences) {
      for (const piece of piecesOf(parts, vocabulary) ?? []) {
        if (piece.kind !== 'words') continue;
        const { text, ending } = piece;
        found.set(`${ending} ${text}`, { text, language, ending });
      }
    }
    return [...found.values()];
  }

  #sentencesOf(language: Language): readonly string[] {
    const { feature, queue, system, callback, arrival } = this.#catalogues[language];
    const positions = Array.from(
      { length: POSITIONS_PREPARED },
      (_, at) => this.queuePosition(at + 1, language).text,
    );
    const { agentUnnamed, confirm, connecting } = callback;
    const fixed = [
      ...[agentUnnamed, confirm, connecting],
      ...[arrival.callback, arrival.vip, arrival.prospect, arrival.blocked, arrival.accept],
      ...Object.values(feature),
      ...Object.values(system),
    ];
    return [...fixed, queue.longer, queue.thanks, queue.connecting, ...positions];
  }
}

/** As people speak of a wait: to five minutes from ten on, to a quarter of an hour from an hour on. */
function roundedMinutes(ms: number): number {
  const minutes = Math.round(ms / MINUTE_MS);
  const step = minutes <= 10 ? 1 : minutes <= 60 ? 5 : 15;
  return Math.round(minutes / step) * step;
}

/** A status that changes how one answers is worth its seconds. */
const isMarked = (status: CallerStatus): status is 'vip' | 'prospect' | 'blocked' =>
  status === 'vip' || status === 'prospect' || status === 'blocked';

/** `estado-de_pedido` is a word of the flow's; nobody would say it so. */
function sentenceOf(reason: string): string {
  const words = reason.replace(/[-_]+/g, ' ').trim();
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** Before its place, the place, after it; a catalogue's sentence has one place at most. */
const cut = (text: string): readonly string[] => text.split(/(\{[a-z]+\})/).filter(Boolean);

const isPlace = (text: string): boolean => text.startsWith('{');

function filled(sentence: string, value: string, language: Language): Utterance {
  const parts = cut(sentence).map((text) =>
    isPlace(text) ? { text: value, filled: true } : { text, filled: false },
  );
  return { text: parts.map(({ text }) => text).join(''), language, parts };
}

/** In milliseconds, from and to. */
function waitsWithinAnHour(): readonly (readonly [number, number])[] {
  const limits = [0, ...WAIT_MINUTES].map((minutes) => minutes * 60_000);
  return limits.flatMap((from) =>
    limits.filter((to) => to >= from).map((to) => [from, to] as const),
  );
}
