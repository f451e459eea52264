import { mixInto } from '../audio/mixer.ts';
import { WavWriter } from '../audio/wav-writer.ts';
import type { Channel, Tap } from '../channel/channel.ts';
import { isTrue } from '../channel/variables.ts';
import { SilenceWatch } from './silence-watch.ts';

const SILENCE = new Int16Array(320);

/** A recording's variable: its own, or else the channel's. */
export type RecordingVariable = (name: string) => string | undefined;

/**
 * `record_session`, `uuid_record`: writes what both parties of a channel say, mixed, or with RECORD_STEREO
 * the far end left and the other side right, or with RECORD_READ_ONLY the far end alone. `mask` writes silence
 * meanwhile (for card numbers). RECORD_INITIAL_TIMEOUT_MS and RECORD_FINAL_TIMEOUT_MS end it after silence.
 */
export class SessionRecorder implements Tap {
  readonly path: string;
  masked = false;
  readonly #channel: Channel;
  readonly #writer: WavWriter;
  readonly #stereo: boolean;
  readonly #readOnly: boolean;
  readonly #silence: SilenceWatch;
  readonly #interleaved = new Int16Array(640);
  #ticksLeft: number;
  #ticks = 0;
  #closed = false;

  constructor(
    channel: Channel,
    path: string,
    limitSeconds: number,
    variable: RecordingVariable = (name) => channel.variables.get(name),
  ) {
    this.path = path;
    this.#channel = channel;
    const rate = channel.rtp?.sampleRate ?? 8000;
    this.#stereo = isTrue(variable('RECORD_STEREO'));
    this.#readOnly = isTrue(variable('RECORD_READ_ONLY'));
    this.#silence = new SilenceWatch(variable, rate);
    this.#writer = new WavWriter(path, rate, this.#stereo ? 2 : 1);
    this.#ticksLeft = limitSeconds > 0 ? limitSeconds * 50 : -1;
  }

  start(): void {
    this.#channel.taps.add(this);
    this.#channel.fire('RECORD_START', undefined, (event) => {
      event.add('Record-File-Path', this.path);
    });
    this.#channel.fire('MEDIA_BUG_START', undefined, (event) => {
      event.add('Media-Bug-Function', 'session_record').add('Media-Bug-Target', this.path);
    });
  }

  frame(heard: Int16Array | undefined, said: Int16Array | undefined, sampleRate: number): void {
    if (this.#closed) return;
    this.#ticks++;
    const samples = this.#writer.sampleRate / 50;
    const usable = sampleRate === this.#writer.sampleRate && !this.masked;
    const left = (usable && heard) || SILENCE;
    const right = (usable && !this.#readOnly && said) || SILENCE;
    if (this.#stereo) this.#interleave(left, right, samples);
    else {
      this.#interleaved.set(left.subarray(0, samples));
      mixInto(this.#interleaved, right, samples);
    }
    this.#writer.write(this.#interleaved, this.#stereo ? 2 * samples : samples);
    if (this.#silence.tooLong(this.#interleaved, this.#stereo ? 2 * samples : samples))
      return this.#close(this.#silence.cause);
    if (this.#ticksLeft > 0 && --this.#ticksLeft === 0) this.#close('success-maxtime');
  }

  end(): void {
    this.#close(this.#silence.cause);
  }

  stop(): void {
    this.#close('success-maxtime');
  }

  #interleave(left: Int16Array, right: Int16Array, samples: number): void {
    for (let i = 0; i < samples; i++) {
      this.#interleaved[2 * i] = left[i] as number;
      this.#interleaved[2 * i + 1] = right[i] as number;
    }
  }

  /** RECORD_STOP is told when the file is whole, for whoever hears it wants to read it. */
  #close(cause: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.taps.delete(this);
    this.#channel.variables.setAll([
      ['record_seconds', Math.floor(this.#ticks / 50)],
      ['record_ms', this.#ticks * 20],
      ['record_samples', (this.#ticks * this.#writer.sampleRate) / 50],
    ]);
    this.#writer
      .close()
      .catch(() => undefined)
      .finally(() => {
        this.#channel.fire('RECORD_STOP', undefined, (event) => {
          event.add('Record-File-Path', this.path);
          event.add(
            'Record-Completion-Cause',
            this.#writer.failure === undefined ? cause : 'uri-failure',
          );
        });
      });
  }
}

/** The recorder of a path on a channel, or any of them for `all`. */
export function recordersOf(channel: Channel, path: string): SessionRecorder[] {
  const recorders: SessionRecorder[] = [];
  for (const tap of channel.taps) {
    if (tap instanceof SessionRecorder && (path === 'all' || tap.path === path))
      recorders.push(tap);
  }
  return recorders;
}
