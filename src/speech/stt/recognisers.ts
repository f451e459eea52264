import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Language } from '../../model/contact.ts';
import type {
  ListenEvents,
  ListenRequest,
  ListenSession,
  Recogniser,
  RecogniserFigures,
  Recognition,
} from '../../runtime/ports/hearing.ts';
import type { SpeechEngine } from './engine.ts';
import { GuardedEngine } from './guarded-engine.ts';
import { Session } from './session.ts';
import { VoiceDetectors } from './voice-detector.ts';

/** An engine, and the languages it understands: `es-MX`, a base such as `es`, or `*` for all others. */
export interface EngineChoice {
  readonly languages: readonly string[];
  readonly engine: SpeechEngine;
}

export interface RecognisersOptions {
  readonly engines: readonly EngineChoice[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly sampleRate: 8_000 | 16_000;
  readonly answerMsMax: number;
  readonly streamsMax: number;
}

/** Everybody who can listen, by language. */
export class Recognisers implements Recogniser, RecogniserFigures {
  readonly sampleRate: 8_000 | 16_000;
  readonly #options: RecognisersOptions;
  readonly #byLanguage = new Map<string, GuardedEngine>();
  readonly #engines: readonly GuardedEngine[];
  readonly #detectors: VoiceDetectors;
  readonly #sessions = new Set<ListenSession>();
  onRecognition: (recognition: Recognition) => void = () => {};

  static async open(options: RecognisersOptions): Promise<Recognisers> {
    return new Recognisers(options, await VoiceDetectors.load());
  }

  private constructor(options: RecognisersOptions, detectors: VoiceDetectors) {
    this.#options = options;
    this.#detectors = detectors;
    this.sampleRate = options.sampleRate;
    this.#engines = options.engines.map(({ languages, engine }) => {
      const [first = 'en'] = languages;
      const language = (first === '*' ? 'en' : first) as Language;
      const guarded = new GuardedEngine({ ...options, engine, language });
      for (const each of languages) this.#byLanguage.set(each, guarded);
      return guarded;
    });
  }

  /** For the metrics. */
  get states(): RecogniserFigures['states'] {
    return this.#engines.map(({ name, usable, streams }) => ({ name, usable, streams }));
  }

  listen(request: ListenRequest, events: ListenEvents): ListenSession {
    const engine = this.#engineFor(request.language);
    return engine?.hasRoom
      ? this.#listen(engine, request, events)
      : this.#unavailable(engine, events);
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.cancel();
    await Promise.all(this.#engines.map((engine) => engine.close()));
  }

  #engineFor(language: string): GuardedEngine | undefined {
    const [base = language] = language.split('-');
    return [language, base, '*'].map((key) => this.#byLanguage.get(key)).find(Boolean);
  }

  #listen(
    engine: GuardedEngine,
    { callId, language, hints, limits }: ListenRequest,
    events: ListenEvents,
  ): ListenSession {
    const { clock, log, sampleRate, answerMsMax } = this.#options;
    const recogniser = engine.name;
    const session: Session = new Session({
      clock,
      sampleRate,
      limits,
      answerMsMax,
      detector: this.#detectors.detector(sampleRate),
      events,
      open: (streamEvents) => engine.open({ language, hints, sampleRate }, streamEvents),
      over: (outcome, answerMs, why) => {
        this.#sessions.delete(session);
        if (why) log.warn({ callId, recogniser, outcome, why }, 'A recogniser did not answer');
        this.onRecognition({ recogniser, outcome, answerMs });
      },
    });
    this.#sessions.add(session);
    return session;
  }

  /** Told a moment later, as everything is. */
  #unavailable(engine: GuardedEngine | undefined, events: ListenEvents): ListenSession {
    const recogniser = engine?.name ?? 'none';
    let wanted = true;
    queueMicrotask(() => {
      if (!wanted) return;
      wanted = false;
      this.onRecognition({ recogniser, outcome: 'unavailable', answerMs: undefined });
      events.notHeard('unavailable');
    });
    return {
      push: () => {},
      file: () => {},
      end: () => {},
      cancel: () => {
        wanted = false;
      },
    };
  }
}
