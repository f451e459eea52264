import { rm } from 'node:fs/promises';
import type { FlowEvent, ListenWish } from '../../ivr/vocabulary.ts';
import type { Logger } from '../../lib/log.ts';
import type { CallSession } from '../call-session.ts';
import type { ListenSession, LiveAudio, Recogniser } from '../ports/hearing.ts';
import type { Recorded } from '../ports/index.ts';

export interface ListeningWorld {
  readonly log: Logger;
  readonly recogniser: Recogniser;
  /** Where a recording of that id is written. */
  recordingFile(recordingId: string): string;
}

/** A caller who is recorded may think for so long before the answer and within it. */
const RECORDED_SILENCE_MS_MIN = 2_500;
/** The longest recording of an answer: time to think, and the answer. */
const RECORDED_MS_MAX = 30_000;

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
  #attempts = 0;
  #playing = false;

  constructor(session: CallSession, world: ListeningWorld, tell: (event: FlowEvent) => void) {
    this.#session = session;
    this.#world = world;
    this.#tell = tell;
  }

  start(wish: ListenWish): void {
    this.stop();
    this.#attempts += 1;
    const recordingId = `${this.#session.id}-heard-${this.#attempts}`;
    const attempt = new Attempt(this.#session, this.#world, { ...wish, recordingId }, (event) => {
      // What an answer that nobody waits for comes to is not told.
      if (this.#attempt === attempt) this.#tell(event);
    });
    this.#attempt = attempt;
    attempt.start(this.#playing);
  }

  promptBegins(): void {
    this.#playing = true;
  }

  /** Somebody has stopped it, and says next what is to be done. */
  promptIsStopped(): void {
    this.#playing = false;
  }

  /** Who can only be recorded is recorded from now on. */
  promptIsOver(): void {
    this.#playing = false;
    this.#attempt?.promptIsOver();
  }

  /** Idempotent. */
  stop(): void {
    this.#attempt?.stop();
    this.#attempt = undefined;
  }
}

/**
 * One answer.
 *
 *   live ──heard, not heard──▶ over
 *    └── the media server cannot ──▶ waiting ──prompt over──▶ recording ──silence──▶ understanding ──▶ over
 */
class Attempt {
  readonly #session: CallSession;
  readonly #world: ListeningWorld;
  readonly #wish: ListenWish & { readonly recordingId: string };
  readonly #tell: (event: FlowEvent) => void;
  #ear: ListenSession | undefined;
  #voice: LiveAudio | undefined;
  #state: 'live' | 'waiting' | 'recording' | 'understanding' | 'over' = 'live';
  #file: string | undefined;
  #promptOver = true;

  constructor(
    session: CallSession,
    world: ListeningWorld,
    wish: ListenWish & { readonly recordingId: string },
    tell: (event: FlowEvent) => void,
  ) {
    this.#session = session;
    this.#world = world;
    this.#wish = wish;
    this.#tell = tell;
  }

  start(playing: boolean): void {
    this.#promptOver = !playing;
    const { recogniser } = this.#world;
    const { id: callId, context, leg } = this.#session;
    const { hints, endSilenceMs, speechMsMax } = this.#wish;
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

  promptIsOver(): void {
    this.#promptOver = true;
    if (this.#state === 'waiting') void this.#record();
  }

  stop(): void {
    if (this.#state === 'recording') this.#session.leg?.stopRecording();
    this.#end();
    this.#ear?.cancel();
  }

  #deaf(why: 'missing' | 'lost'): void {
    if (this.#state !== 'live') return;
    if (why === 'lost') {
      this.#world.log.warn({ callId: this.#session.id }, 'A caller’s live audio was lost');
      this.#ear?.cancel();
      this.#over({ type: 'notHeard', why: 'failed' });
      return;
    }
    this.#state = 'waiting';
    if (this.#promptOver) void this.#record();
  }

  /** A media server without live audio: the answer is recorded, and understood when it is over. */
  async #record(): Promise<void> {
    const { leg } = this.#session;
    if (!leg) return;
    this.#state = 'recording';
    // The time that the caller has to begin is the recording's now.
    this.#tell({ type: 'speaking' });
    const { endSilenceMs, speechMsMax, recordingId } = this.#wish;
    const file = this.#world.recordingFile(recordingId);
    this.#file = file;
    const silenceMs = Math.max(endSilenceMs, RECORDED_SILENCE_MS_MIN);
    const maxMs = Math.min(RECORDED_MS_MAX, speechMsMax + silenceMs);
    const recorded = await leg.record(file, { maxMs, silenceMs, beep: false });
    if (this.#state === 'recording') this.#recorded(recorded, file);
    else this.#forget();
  }

  #recorded({ why, key, durationMs }: Recorded, file: string): void {
    this.#state = 'understanding';
    // The key that ended it is told to nobody else.
    if (key !== undefined) return this.#tell({ type: 'digit', digit: key });
    if (why === 'failed' || why === 'gone') {
      this.#ear?.cancel();
      return this.#over({ type: 'notHeard', why: 'failed' });
    }
    if (durationMs === 0) this.#ear?.end();
    else this.#ear?.file(file);
  }

  #over(event: FlowEvent): void {
    this.#end();
    this.#tell(event);
  }

  #end(): void {
    // A recording that goes on is forgotten at its end.
    if (this.#state === 'understanding') this.#forget();
    this.#state = 'over';
    this.#voice?.stop();
  }

  /** What callers said is kept nowhere. */
  #forget(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file) void rm(file, { force: true }).catch(() => {});
  }
}
