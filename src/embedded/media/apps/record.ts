import { WavWriter } from '../audio/wav-writer.ts';
import type { Activity } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';
import { terminatorsOf } from './playback.ts';

const SILENCE = new Int16Array(320);

/** `record <path> [<limit s> [<silence threshold> [<silence hits s>]]]`: what the far end says, until a key. */
export class RecordActivity implements Activity {
  readonly #channel: Channel;
  readonly #path: string;
  readonly #terminators: string;
  readonly #threshold: number;
  readonly #silenceTicksMax: number;
  #ticksLeft: number;
  #silentTicks = 0;
  #ticks = 0;
  #writer: WavWriter | undefined;
  #finish: (response?: string) => void = () => undefined;

  constructor(channel: Channel, data: string) {
    const [path = '', limit, threshold, hits] = data.split(' ').filter((word) => word !== '');
    this.#channel = channel;
    this.#path = path;
    this.#terminators = terminatorsOf(channel);
    this.#threshold = Math.max(0, Number(threshold) || 0);
    this.#silenceTicksMax = this.#threshold > 0 ? Math.max(1, Number(hits) || 1) * 50 : 0;
    this.#ticksLeft = Number(limit) > 0 ? Number(limit) * 50 : -1;
  }

  start(finish: (response?: string) => void): void {
    this.#finish = finish;
    this.#channel.variables.set('playback_terminator_used', undefined);
    const writer = new WavWriter(this.#path, this.#channel.rtp?.sampleRate ?? 8000, 1);
    this.#writer = writer;
    this.#channel.fire('RECORD_START', undefined, (event) => {
      event.add('Record-File-Path', this.#path);
    });
  }

  tick(): void {
    const writer = this.#writer;
    if (!writer) return;
    if (writer.failure !== undefined) return this.#end();
    const samples = writer.sampleRate / 50;
    const heard = this.#channel.heard() ?? SILENCE;
    writer.write(heard, samples);
    this.#ticks++;
    if (this.#tooSilent(heard, samples)) return this.#end();
    if (this.#ticksLeft > 0 && --this.#ticksLeft === 0) this.#end();
  }

  digit(digit: string): void {
    if (!this.#terminators.includes(digit)) return;
    this.#channel.variables.set('playback_terminator_used', digit);
    this.#end();
  }

  interrupt(): void {
    this.#end();
  }

  #tooSilent(frame: Int16Array, samples: number): boolean {
    if (this.#silenceTicksMax === 0) return false;
    let energy = 0;
    for (let i = 0; i < samples; i++) energy += Math.abs(frame[i] as number);
    this.#silentTicks = energy / samples < this.#threshold ? this.#silentTicks + 1 : 0;
    return this.#silentTicks >= this.#silenceTicksMax;
  }

  #end(): void {
    const writer = this.#writer;
    if (!writer) return;
    this.#writer = undefined;
    this.#channel.variables.setAll([
      ['record_seconds', Math.floor(this.#ticks / 50)],
      ['record_ms', this.#ticks * 20],
      ['record_samples', (this.#ticks * writer.sampleRate) / 50],
    ]);
    const failed = writer.failure !== undefined;
    writer
      .close()
      .catch(() => undefined)
      .finally(() => {
        this.#channel.fire('RECORD_STOP', undefined, (event) => {
          event.add('Record-File-Path', this.#path);
        });
        this.#finish(failed ? 'RECORD ERROR' : undefined);
      });
    if (!this.#channel.up) this.#finish();
  }
}
