import {
  grammarOf,
  piecesOf,
  piecesToRender,
  type Template,
  WAIT_MINUTES,
} from '../grammar/grammar.ts';
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
/** Positions that are rendered whole; those behind them are put together. */
const POSITIONS_PREPARED = 20;
/** Beyond an hour waits differ from these in their numbers only: a quarter more each time, of one hour and of several. */
const LONG_WAIT_MINUTES = [60, 75, 90, 105, 120, 135, 150, 165];
/** Made once: each costs half a millisecond, and everybody in line is told where they stand. */
const PLURALS: Readonly<Record<Language, Intl.PluralRules>> = {
  'es-ES': new Intl.PluralRules('es-ES'),
  'es-MX': new Intl.PluralRules('es-MX'),
  en: new Intl.PluralRules('en'),
};

/** The catalogues with their places filled: numbers and waits as the language says them. */
export class CataloguePhrases implements Phrases {
  readonly #catalogues: Catalogues;
  readonly #toWaiting = new Map<Language, readonly Sentence[]>();

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

  /** The first to be rendered: until the rest is, they stand in for it. What is needed most comes first. */
  patient(): readonly Sentence[] {
    const texts: readonly ((language: Language) => string)[] = [
      (language) => this.patience(language).moment,
      (language) => this.queueThanks(language),
      (language) => this.patience(language).longer,
      (language) => this.patience(language).never,
    ];
    return texts.flatMap((text) =>
      LANGUAGES.map((language) => ({ text: text(language), language })),
    );
  }

  /** What a customer's name is in is theirs alone. */
  callback(phrase: CallbackPhrase, language: Language, name?: string): Utterance {
    const { callback } = this.#catalogues[language];
    if (phrase === 'agent' && name) return filled(callback.agent, name, language);
    return { text: callback[phrase === 'agent' ? 'agentUnnamed' : phrase], language };
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

  /** Everything that is worth rendering before the first call. */
  prepared(): readonly Sentence[] {
    const all = (language: Language) => [...this.toWaiting(language), ...this.toOthers(language)];
    return [...this.patient(), ...LANGUAGES.flatMap(all)];
  }

  /** What callers in queues are told. Worked out once: every change of the configuration asks. */
  toWaiting(language: Language): readonly Sentence[] {
    const known = this.#toWaiting.get(language);
    if (known) return known;
    const { longer } = this.#catalogues[language].queue;
    const positions = Array.from({ length: POSITIONS_PREPARED }, (_, at) => at + 1);
    const all = [
      ...positions.map((position) => this.queuePosition(position, language).text),
      longer,
    ].map((text) => ({ text, language }));
    const made = [...all, ...this.#piecesOf(language)];
    this.#toWaiting.set(language, made);
    return made;
  }

  /** What every position and every wait is put together from. */
  #piecesOf(language: Language): readonly Sentence[] {
    const grammar = grammarOf(language);
    const people = grammar.vocabulary('people', []);
    const ahead = templatesOf(this.#catalogues[language].queue.ahead.other, people);
    const vocabulary = new Set(grammar.vocabulary('wait', []));
    const waits = waitsToPrepare();
    const sentences = [
      ...waits.map(([from, to]) => this.queueWait(from, to, language)),
      ...waits.map(([, to]) => this.#waited(to, language)),
    ];
    const words = sentences
      .flatMap(({ parts = [] }) => piecesOf(parts, vocabulary) ?? [])
      .flatMap((piece) =>
        piece.kind === 'words' ? [{ text: piece.text, language, ending: piece.ending }] : [],
      );
    // Hours may be any number, and are followed by a word.
    const hours = people.map((text) => ({ text, language, ending: 'joined' as const }));
    const all = [...words, ...hours, ...piecesToRender(ahead, language)];
    return [...new Map(all.map((piece) => [`${piece.ending} ${piece.text}`, piece])).values()];
  }

  /** What nobody who waits is told. */
  toOthers(language: Language): readonly Sentence[] {
    const { feature, queue, system, callback, arrival } = this.#catalogues[language];
    return [
      ...[system.noAgents, system.goodbye, system.technicalProblem, queue.connecting],
      ...[callback.confirm, callback.connecting, callback.agentUnnamed],
      ...[arrival.callback, arrival.vip, arrival.prospect, arrival.blocked, arrival.accept],
      ...Object.values(feature),
    ].map((text) => ({ text, language }));
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

/** The same before it is known what stands in the place. */
const templatesOf = (sentence: string, phrases: readonly string[]): readonly Template[] =>
  cut(sentence).map((text) => (isPlace(text) ? { text: '', phrases } : { text }));

/** In milliseconds, from and to. */
function waitsToPrepare(): readonly (readonly [number, number])[] {
  const limits = [0, ...WAIT_MINUTES, ...LONG_WAIT_MINUTES].map((minutes) => minutes * MINUTE_MS);
  return limits.flatMap((from) =>
    limits.filter((to) => to >= from).map((to) => [from, to] as const),
  );
}
