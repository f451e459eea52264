import type { AudioSource } from '../audio/source.ts';
import type { Channel } from '../channel/channel.ts';
import type { SwitchEvent } from '../esl/event.ts';
import type { World } from '../world.ts';

/**
 * Plays one file on a channel and tells of it by PLAYBACK_START and PLAYBACK_STOP.
 *
 *   opening ──(found)──> playing ──(end, stop)──> ended
 *      └─────(missing, stop)──────────────────────^
 */
export class FilePlayer {
  readonly #world: World;
  readonly #channel: Channel;
  readonly #name: string;
  readonly #ended: (end: 'played' | 'missing') => void;
  readonly #frame = new Int16Array(320);
  #sources: AudioSource[] = [];
  #sampleRate = 8000;
  #samples = 0;
  #state: 'opening' | 'playing' | 'ended' = 'opening';
  #paused = false;

  constructor(
    world: World,
    channel: Channel,
    name: string,
    ended: (end: 'played' | 'missing') => void,
  ) {
    this.#world = world;
    this.#channel = channel;
    this.#name = name;
    this.#ended = ended;
  }

  open(): void {
    this.#open().catch((error: unknown) => {
      this.#world.core.logger.error(
        { error: String(error) },
        'Opening a file failed unexpectedly.',
      );
      this.#missing();
    });
  }

  tick(): void {
    if (this.#state !== 'playing') return;
    const wanted = this.#sampleRate / 50;
    const frame = this.#frame.subarray(0, wanted);
    if (this.#paused) {
      this.#channel.say(frame.fill(0), this.#sampleRate);
      return;
    }
    const count = this.#fill(frame);
    if (count === 0) {
      this.#stopped('done');
      this.#ended('played');
      return;
    }
    frame.fill(0, count);
    this.#samples += count;
    this.#channel.say(frame, this.#sampleRate);
  }

  /** Is silent and stands still, or goes on. False: it does not play. */
  pause(): boolean {
    if (this.#state !== 'playing') return false;
    this.#paused = !this.#paused;
    return true;
  }

  /** Ends early. `ended` is not called. */
  stop(): void {
    if (this.#state === 'playing') this.#stopped('break');
    this.#state = 'ended';
  }

  async #open(): Promise<void> {
    this.#sampleRate = this.#channel.rtp?.sampleRate ?? 8000;
    const found: AudioSource[] = [];
    for (const part of this.#world.files.split(this.#name)) {
      const source = await this.#world.files.open(part, this.#sampleRate);
      if (source.ok) found.push(source.value);
    }
    if (this.#state !== 'opening') return;
    if (found.length === 0) return this.#missing();
    this.#sources = found;
    this.#state = 'playing';
    this.#channel.fire('PLAYBACK_START', undefined, (event) => this.#describe(event));
  }

  #missing(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'ended';
    this.#ended('missing');
  }

  #fill(frame: Int16Array): number {
    let filled = 0;
    while (filled < frame.length && this.#sources.length > 0) {
      filled += this.#sources[0]?.read(frame.subarray(filled)) ?? 0;
      if (filled < frame.length) this.#sources.shift();
    }
    return filled;
  }

  #stopped(status: 'done' | 'break'): void {
    this.#state = 'ended';
    const ms = Math.round((this.#samples * 1000) / this.#sampleRate);
    this.#channel.variables.setAll([
      ['playback_last_offset_pos', this.#samples],
      ['playback_seconds', Math.floor(ms / 1000)],
      ['playback_ms', ms],
      ['playback_samples', this.#samples],
    ]);
    this.#channel.fire('PLAYBACK_STOP', undefined, (event) => {
      this.#describe(event);
      event.add('Playback-Status', status);
    });
  }

  #describe(event: SwitchEvent): void {
    const kind = /^(local_stream|tone_stream):/.exec(this.#name)?.[1];
    if (kind) event.add('Playback-File-Type', kind);
    event.add('Playback-File-Path', this.#name);
  }
}
