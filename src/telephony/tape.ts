import type { EslEvent } from 'modesl';
import type { Recorded } from '../runtime/ports/index.ts';
import type { Tape, TapeOptions } from '../runtime/ports/recordings.ts';
import { Recording, type RecordingOptions } from './recording.ts';

/** Below this nobody begins to record: what is left of the disk is for the records. */
const ROOM_OCTETS_MIN = 64 * 1024 * 1024;

type Parts = TapeOptions & Pick<RecordingOptions, 'uuid' | 'file' | 'socket' | 'clock'>;

/** A {@link Recording} of both sides of a channel. It is silent while it is paused, and while secrets are typed. */
export class ConversationTape implements Tape {
  readonly started: Promise<boolean>;
  readonly over: Promise<Recorded>;
  readonly #recording: Recording;
  readonly #whenOver: (tape: ConversationTape) => void;
  #tellStarted: (writing: boolean) => void = () => {};
  #tellOver: (recorded: Recorded) => void = () => {};
  #paused = false;
  #secret = false;

  constructor(parts: Parts, whenOver: (tape: ConversationTape) => void) {
    this.started = new Promise((resolve) => {
      this.#tellStarted = resolve;
    });
    this.over = new Promise((resolve) => {
      this.#tellOver = resolve;
    });
    this.#whenOver = whenOver;
    this.#recording = new Recording({
      ...parts,
      roomMin: ROOM_OCTETS_MIN,
      announce: () => Promise.resolve(),
      started: () => this.#tellStarted(true),
    });
  }

  start(): void {
    void this.#recording.run().then((recorded) => {
      this.#tellStarted(false);
      this.#tellOver(recorded);
      this.#whenOver(this);
    });
  }

  pause(on: boolean): void {
    this.#paused = on;
    this.#mask();
  }

  secret(on: boolean): void {
    this.#secret = on;
    this.#mask();
  }

  stop(): void {
    this.#recording.end('stopped');
  }

  /** The channel has ended, and the recording with it. */
  gone(): void {
    this.#recording.end('gone');
  }

  stopped(event: EslEvent): void {
    this.#recording.stopped(event);
  }

  #mask(): void {
    this.#recording.mask(this.#paused || this.#secret);
  }
}

/** Of a leg that has no channel. */
export const noTape = (): Tape => ({
  started: Promise.resolve(false),
  over: Promise.resolve({ durationMs: 0, why: 'gone' }),
  pause: () => {},
  stop: () => {},
});
