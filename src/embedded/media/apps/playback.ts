import type { Activity, Interruption } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';
import type { World } from '../world.ts';
import { FilePlayer } from './file-player.ts';

export type PlaybackEnd = 'played' | 'missing' | 'broken' | 'error';

/** What FreeSWITCH answers in Application-Response (mod_dptools: playback_function). */
const RESPONSES: Readonly<Record<PlaybackEnd, string>> = {
  played: 'FILE PLAYED',
  missing: 'FILE NOT FOUND',
  broken: 'FILE PLAYED',
  error: 'PLAYBACK ERROR',
};

const FILES_MAX = 128;
/** Between two files of a list, unless the variable `playback_sleep_val` says otherwise. */
const PAUSE_MS = 250;

export interface PlaybackOptions {
  /** Played over and over until something ends it; a missing file ends it too. */
  readonly endless?: boolean;
}

/** `playback`, `endless_playback`: one file, or several parted by the variable `playback_delimiter`. */
export class PlaybackActivity implements Activity {
  readonly #world: World;
  readonly #channel: Channel;
  readonly #names: readonly string[];
  readonly #endless: boolean;
  readonly #terminators: string;
  readonly #pauseTicks: number;
  #index = 0;
  #player: FilePlayer | undefined;
  #pause = 0;
  #last: PlaybackEnd = 'missing';
  #ticksLeft: number;
  #finish: (response?: string) => void = () => undefined;

  constructor(world: World, channel: Channel, data: string, options: PlaybackOptions = {}) {
    this.#world = world;
    this.#channel = channel;
    this.#endless = options.endless ?? false;
    const delimiter = channel.variables.get('playback_delimiter')?.charAt(0);
    this.#names = delimiter ? data.split(delimiter).slice(0, FILES_MAX) : [data];
    this.#terminators = terminatorsOf(channel);
    const pause = channel.variables.get('playback_sleep_val');
    this.#pauseTicks = Math.max(0, Math.ceil(Number(pause ?? PAUSE_MS) / 20) || 0);
    const seconds = Number(channel.variables.get('playback_timeout_sec') ?? 0);
    this.#ticksLeft = seconds > 1 ? seconds * 50 : -1;
  }

  start(finish: (response?: string) => void): void {
    this.#finish = finish;
    this.#channel.variables.set('playback_terminator_used', undefined);
    this.#next();
  }

  tick(): void {
    if (this.#channel.held) return;
    if (this.#ticksLeft > 0 && --this.#ticksLeft === 0) return this.#end('error');
    if (this.#pause > 0) {
      if (--this.#pause === 0) this.#next();
      return;
    }
    this.#player?.tick();
  }

  digit(digit: string): void {
    if (!this.#terminators.includes(digit)) return;
    this.#channel.variables.set('playback_terminator_used', digit);
    this.#end('broken');
  }

  pause(): boolean {
    return this.#player?.pause() ?? false;
  }

  /** A break only begins an endless playback anew, as in FreeSWITCH. */
  interrupt(why: Interruption): void {
    if (why === 'break' && this.#endless) {
      this.#player?.stop();
      this.#index = 0;
      this.#next();
      return;
    }
    this.#end(why === 'break' ? 'broken' : 'error');
  }

  #next(): void {
    const name = this.#names[this.#index++] ?? '';
    const player = new FilePlayer(this.#world, this.#channel, name, (end) => this.#fileEnded(end));
    this.#player = player;
    player.open();
  }

  #fileEnded(end: PlaybackEnd): void {
    this.#last = end;
    this.#player = undefined;
    if (this.#index < this.#names.length) this.#pauseThenNext();
    else if (this.#endless && end === 'played') {
      this.#index = 0;
      this.#next();
    } else this.#end(end);
  }

  #pauseThenNext(): void {
    this.#pause = this.#pauseTicks;
    if (this.#pause === 0) this.#next();
  }

  #end(end: PlaybackEnd): void {
    const player = this.#player;
    this.#player = undefined;
    this.#index = this.#names.length;
    player?.stop();
    this.#finish(RESPONSES[end === 'error' || end === 'broken' ? end : this.#last]);
  }
}

/** The keys that end a playback; FreeSWITCH's default is the star. */
export function terminatorsOf(channel: Channel): string {
  const value = channel.variables.get('playback_terminators') ?? '*';
  if (value === 'none') return '';
  return value === 'any' ? '1234567890*#' : value;
}
