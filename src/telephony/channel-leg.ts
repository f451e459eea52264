import type { Recorded, RecordOptions } from '../runtime/ports/index.ts';
import type { Tape, TapeOptions } from '../runtime/ports/recordings.ts';
import type { Channel } from './channel.ts';
import { noTape } from './tape.ts';

/** What a leg does by the channel that it has on a media server. One that has none does nothing, and says so. */
export abstract class ChannelLeg {
  abstract get channel(): Channel | undefined;

  play(files: readonly string[]): Promise<'played' | 'stopped'> {
    return this.channel?.play(files) ?? Promise.resolve('stopped');
  }

  playEndlessly(file: string): void {
    this.channel?.playEndlessly(file);
  }

  stopPlaying(): void {
    this.channel?.stopPlaying();
  }

  record(file: string, options: RecordOptions): Promise<Recorded> {
    return this.channel?.record(file, options) ?? Promise.resolve({ durationMs: 0, why: 'gone' });
  }

  stopRecording(): void {
    this.channel?.stopRecording();
  }

  tape(file: string, options: TapeOptions): Tape {
    return this.channel?.tape(file, options) ?? noTape();
  }

  secret(on: boolean): void {
    this.channel?.secret(on);
  }
}
