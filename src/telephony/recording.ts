import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EslEvent } from 'modesl';
import type { Clock } from '../lib/clock.ts';
import type { Recorded, RecordOptions } from '../runtime/ports/index.ts';
import type { TapeOptions } from '../runtime/ports/recordings.ts';
import type { EventSocket } from './event-socket.ts';
import { wavDurationMs } from './wav-duration.ts';
import { wavSoundMs } from './wav-sound.ts';

/** FreeSWITCH has closed the file by then, or never will: the server is gone. */
const CLOSING_MS_MAX = 3_000;
/** The media server ends by itself what nobody ended: the application may be dead. */
const BACKSTOP_S = 5;

/** 16 bit at 16 kHz, for G.722: what a recording needs at most. */
const OCTETS_PER_MS = 32;

export interface RecordingOptions extends Omit<RecordOptions, 'beep'> {
  readonly uuid: string;
  readonly file: string;
  readonly socket: Pick<EventSocket, 'api'>;
  readonly clock: Clock;
  /** Absent: the far end alone. Otherwise also what it hears: mixed, or the far end left and that right. */
  readonly sides?: TapeOptions['sides'];
  /** Octets that must be free before; unless given, those of the whole recording. */
  readonly roomMin?: number;
  /** Resolves when the tone is over, if there is one. */
  announce(): Promise<unknown>;
  /** The media server writes now. */
  started?(): void;
}

/**
 * What the far end of a channel says, or both ends, in a WAV file, by `uuid_record`. The application `record` would hang the call
 * up when it cannot write (mod_dptools); this listens beside whatever the channel does.
 *
 *   asked ──+OK──▶ recording ──key, silence, limit, stop, gone──▶ closing ──RECORD_STOP, or 3 s──▶ over
 *     └──-ERR──────────────────────────────────────────────────────────────────────────────────────▲
 *
 * The media server writes `<file>.part.wav`; the name that was asked for appears when the file is whole.
 */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #part: string;
  readonly #closed: Promise<void>;
  #close: () => void = () => {};
  #why: Recorded['why'] | undefined;
  #key: string | undefined;
  #started = false;
  #masked = false;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#part = `${options.file}.part.wav`;
    this.#closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** Takes until the file is whole, or it is known that there is none. Never rejects. */
  async run(): Promise<Recorded> {
    if (await this.#hasRoom()) await this.#options.announce();
    else this.end('failed');
    if (this.#why === undefined) await this.#record();
    const durationMs = await this.#keep();
    const why = this.#why ?? 'failed';
    const { silenceMs, file } = this.#options;
    const isMeasured = silenceMs !== undefined && durationMs > 0;
    const soundMs = isMeasured ? await wavSoundMs(file) : undefined;
    const sound = soundMs === undefined ? {} : { soundMs };
    return { durationMs, ...sound, why, ...(this.#key === undefined ? {} : { key: this.#key }) };
  }

  /** The first reason counts. */
  end(why: Recorded['why'], key?: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#key = key;
    if (this.#started) this.#stop();
  }

  /** While masked, silence is written. */
  mask(masked: boolean): void {
    if (this.#masked === masked) return;
    this.#masked = masked;
    if (this.#started) this.#tellMask();
  }

  /** The media server's RECORD_STOP, for whatever reason. */
  stopped(event: EslEvent): void {
    if (event.getHeader('Record-File-Path') !== this.#part) return;
    const hungUp = event.getHeader('Answer-State') === 'hangup';
    const cause = event.getHeader('Record-Completion-Cause') ?? '';
    // What was not written is told, whatever else ended it: mod_sndfile goes on after a full disk.
    if (cause === 'uri-failure') this.#why = 'failed';
    this.#why ??= hungUp ? 'gone' : (REASONS[cause] ?? 'failed');
    this.#close();
  }

  async #record(): Promise<void> {
    const { uuid, socket, clock, maxMs } = this.#options;
    const seconds = Math.ceil(maxMs / 1_000) + BACKSTOP_S;
    const answer = await socket.api(
      `uuid_record ${uuid} start ${this.#part} ${seconds} ${this.#variables()}`,
    );
    if (!answer.startsWith('+OK')) {
      this.#why ??= 'failed';
      return;
    }
    this.#started = true;
    this.#options.started?.();
    if (this.#masked) this.#tellMask();
    const limit = clock.after(maxMs, () => this.end('limit'));
    if (this.#why !== undefined) this.#stop();
    await this.#closed;
    limit.cancel();
  }

  /** Asked before: FreeSWITCH tells of a full disk at the end only, when the caller has spoken for nothing. */
  async #hasRoom(): Promise<boolean> {
    const { file, maxMs, roomMin = maxMs * OCTETS_PER_MS } = this.#options;
    try {
      const folder = dirname(file);
      await mkdir(folder, { recursive: true });
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize > roomMin;
    } catch {
      return false;
    }
  }

  /** Only the sides that were asked for, however short, and until the far end has been silent for a while. */
  #variables(): string {
    const { silenceMs, sides } = this.#options;
    const always = `${SIDES[sides ?? 'farEnd']},RECORD_MIN_SEC=0,RECORD_HANGUP_ON_ERROR=false`;
    if (silenceMs === undefined) return `{${always}}`;
    return `{${always},RECORD_INITIAL_TIMEOUT_MS=${silenceMs},RECORD_FINAL_TIMEOUT_MS=${silenceMs}}`;
  }

  #tellMask(): void {
    const { uuid, socket } = this.#options;
    void socket.api(`uuid_record ${uuid} ${this.#masked ? 'mask' : 'unmask'} ${this.#part}`);
  }

  #stop(): void {
    const { uuid, socket, clock } = this.#options;
    // A channel that is gone has ended its recording itself, and its RECORD_STOP is on the way.
    if (this.#why !== 'gone') void socket.api(`uuid_record ${uuid} stop ${this.#part}`);
    const late = clock.after(CLOSING_MS_MAX, () => this.#close());
    void this.#closed.then(() => late.cancel());
  }

  /** Milliseconds of the file that is now there under its name, or 0: then there is none. */
  async #keep(): Promise<number> {
    const durationMs = await wavDurationMs(this.#part);
    try {
      if (durationMs > 0) await rename(this.#part, this.#options.file);
      else await rm(this.#part, { force: true });
      return durationMs;
    } catch {
      this.#why = 'failed';
      return 0;
    }
  }
}

const SIDES = {
  farEnd: 'RECORD_READ_ONLY=true',
  mixed: 'RECORD_STEREO=false',
  stereo: 'RECORD_STEREO=true',
} as const;

/** What FreeSWITCH says of the end of a recording that we did not end (switch_ivr_async.c). */
const REASONS: Readonly<Record<string, Recorded['why']>> = {
  'success-silence': 'silence',
  'no-input-timeout': 'silence',
  'success-maxtime': 'limit',
};
