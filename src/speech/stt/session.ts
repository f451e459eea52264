import type { Clock, Timer } from '../../lib/clock.ts';
import type {
  HeardText,
  ListenEvents,
  ListenSession,
  Recognition,
} from '../../runtime/ports/hearing.ts';
import { readSound } from '../audio/read-sound.ts';
import { EndOfSpeech, type SpeechLimits } from './end-of-speech.ts';
import type { StreamEvents } from './engine.ts';
import type { GuardedStream } from './guarded-engine.ts';
import { FRAME_MS, type VoiceDetector } from './voice-detector.ts';

export interface SessionOptions {
  readonly clock: Clock;
  readonly sampleRate: number;
  readonly limits: SpeechLimits;
  /** After the end of speech an answer is waited for so long. */
  readonly answerMsMax: number;
  readonly detector: VoiceDetector;
  /** Begins the stream that the speech is sent to. */
  open(events: StreamEvents): GuardedStream;
  readonly events: ListenEvents;
  /**
   * Nothing is left of the session; tells how it went, how long the answer took from the end of speech, and what
   * the engine did wrong.
   */
  over(how: SessionOutcome, answerMs: number | undefined, why: string | undefined): void;
}

type SessionOutcome = Exclude<Recognition['outcome'], 'unavailable'>;

/** What is sent from before the moment in which speech was noticed. */
const BEFORE_MS = 400;
/** A line that falls silent by sending nothing (RFC 3389 knows such) has ended its speech, too. */
const NO_AUDIO_MS = 300;

/**
 * One answer: the voice activity of what comes in, and the speech in it on its way to an engine.
 *
 *   waiting ──speech──▶ speaking ──silence, too long, no more audio──▶ answering ──result──▶ over
 *      └── no more audio ──────────────────▶ over ◀──── engine fails, is slow; cancel ── any
 *
 * The engine's connection is made at once, so that one that is gone is noticed before the caller has spoken;
 * it gets nothing until somebody speaks.
 */
export class Session implements ListenSession {
  readonly #options: SessionOptions;
  readonly #speech: EndOfSpeech;
  readonly #frame: Int16Array;
  readonly #stream: GuardedStream;
  #filled = 0;
  #before: Buffer[] = [];
  #state: 'waiting' | 'speaking' | 'answering' | 'over' = 'waiting';
  #answerDue: Timer | undefined;
  #audioDue: Timer | undefined;
  #endedAt: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#speech = new EndOfSpeech(options.limits);
    this.#frame = new Int16Array((options.sampleRate * FRAME_MS) / 1_000);
    this.#stream = options.open({
      partial: () => {},
      result: (alternatives) => this.#result(alternatives),
      failed: (why) => this.#end('failed', () => this.#notHeard('failed'), why),
    });
  }

  push(samples: Buffer): void {
    for (let at = 0; at + 1 < samples.length && this.#takesAudio; at += 2) {
      this.#frame[this.#filled] = samples.readInt16LE(at);
      this.#filled += 1;
      if (this.#filled === this.#frame.length) this.#frameIsFull();
    }
  }

  file(path: string): void {
    readSound(path, this.#options.sampleRate).then(
      (samples) => {
        this.push(samples);
        this.end();
      },
      (error: unknown) =>
        this.#end('failed', () => this.#notHeard('failed'), `the recording: ${String(error)}`),
    );
  }

  end(): void {
    if (this.#state === 'speaking') this.#speechIsOver();
    if (this.#state === 'waiting') this.#end('silence', () => this.#notHeard('silence'));
  }

  cancel(): void {
    this.#end('cancelled', () => {});
  }

  get #takesAudio(): boolean {
    return this.#state === 'waiting' || this.#state === 'speaking';
  }

  #frameIsFull(): void {
    this.#filled = 0;
    const { detector } = this.#options;
    const happened = this.#speech.frame(detector.isVoice(this.#frame));
    const samples = Buffer.from(new Int16Array(this.#frame).buffer);
    if (this.#state === 'waiting') this.#keep(samples);
    else this.#stream.push(samples);
    if (happened === 'begin') this.#speechBegins();
    if (happened === 'end') this.#speechIsOver();
    if (this.#state === 'speaking') this.#expectAudio();
  }

  #keep(samples: Buffer): void {
    this.#before.push(samples);
    if (this.#before.length > BEFORE_MS / FRAME_MS) this.#before.shift();
  }

  #speechBegins(): void {
    this.#state = 'speaking';
    this.#stream.push(Buffer.concat(this.#before));
    this.#before = [];
    if (this.#takesAudio) this.#options.events.speaking();
  }

  #expectAudio(): void {
    const { clock, limits } = this.#options;
    this.#audioDue?.cancel();
    const dueMs = limits.endSilenceMs + NO_AUDIO_MS;
    this.#audioDue = clock.after(dueMs, () => {
      if (this.#state === 'speaking') this.#speechIsOver();
    });
  }

  #speechIsOver(): void {
    const { clock, answerMsMax } = this.#options;
    this.#state = 'answering';
    this.#audioDue?.cancel();
    this.#endedAt = clock.now();
    this.#answerDue = clock.after(answerMsMax, () => {
      this.#stream.tooSlow();
      this.#end('slow', () => this.#notHeard('failed'), `no answer within ${answerMsMax} ms`);
    });
    this.#stream.end();
  }

  #result(alternatives: readonly HeardText[]): void {
    if (alternatives.length === 0) this.#end('silence', () => this.#notHeard('silence'));
    else this.#end('heard', () => this.#options.events.heard(alternatives));
  }

  #notHeard(why: 'silence' | 'failed'): void {
    this.#options.events.notHeard(why);
  }

  #end(how: SessionOutcome, tell: () => void, why?: string): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#answerDue?.cancel();
    this.#audioDue?.cancel();
    this.#before = [];
    this.#stream.cancel();
    this.#options.detector.free();
    const { clock, over } = this.#options;
    over(how, this.#endedAt === undefined ? undefined : clock.now() - this.#endedAt, why);
    tell();
  }
}
