import type { FlowEvent, ListenWish } from '../ivr/vocabulary.ts';
import type { Logger } from '../lib/log.ts';
import type { CallSession } from './call-session.ts';
import type { ListenSession, LiveAudio, Recogniser } from './ports.hearing.ts';

export interface ListeningWorld {
  readonly log: Logger;
  readonly recogniser: Recogniser;
}

/**
 * Brings a caller's voice to a recogniser, and its answer to the flow: one answer at a time.
 *
 *   idle ──start──▶ listening ──heard, not heard──▶ idle      any ──stop──▶ idle
 */
export class FlowListening {
  readonly #session: CallSession;
  readonly #world: ListeningWorld;
  readonly #tell: (event: FlowEvent) => void;
  #attempt: Attempt | undefined;

  constructor(session: CallSession, world: ListeningWorld, tell: (event: FlowEvent) => void) {
    this.#session = session;
    this.#world = world;
    this.#tell = tell;
  }

  start(wish: ListenWish): void {
    this.stop();
    const attempt = new Attempt(this.#session, this.#world, (event) => {
      // What an answer that nobody waits for comes to is not told.
      if (this.#attempt === attempt) this.#tell(event);
    });
    this.#attempt = attempt;
    attempt.start(wish);
  }

  /** Idempotent. */
  stop(): void {
    this.#attempt?.stop();
    this.#attempt = undefined;
  }
}

class Attempt {
  readonly #session: CallSession;
  readonly #world: ListeningWorld;
  readonly #tell: (event: FlowEvent) => void;
  #ear: ListenSession | undefined;
  #voice: LiveAudio | undefined;

  constructor(session: CallSession, world: ListeningWorld, tell: (event: FlowEvent) => void) {
    this.#session = session;
    this.#world = world;
    this.#tell = tell;
  }

  start({ hints, endSilenceMs, speechMsMax }: ListenWish): void {
    const { recogniser } = this.#world;
    const { id: callId, context, leg } = this.#session;
    const limits = { endSilenceMs, speechMsMax };
    const request = { callId, language: context.language, hints, limits };
    const ear = recogniser.listen(request, {
      speaking: () => this.#tell({ type: 'speaking' }),
      heard: (alternatives) => this.#over({ type: 'heard', alternatives }),
      notHeard: (why) => this.#over({ type: 'notHeard', why }),
    });
    this.#ear = ear;
    this.#voice = leg?.hear(recogniser.sampleRate, {
      audio: (samples) => ear.push(samples),
      deaf: (why) => this.#deaf(why),
    });
  }

  stop(): void {
    this.#voice?.stop();
    this.#ear?.cancel();
  }

  #deaf(why: 'missing' | 'lost'): void {
    this.#world.log.warn({ callId: this.#session.id, why }, 'A caller could not be listened to');
    this.#ear?.cancel();
    this.#over({ type: 'notHeard', why: why === 'missing' ? 'unavailable' : 'failed' });
  }

  #over(event: FlowEvent): void {
    this.#voice?.stop();
    this.#tell(event);
  }
}
