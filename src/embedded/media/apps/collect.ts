import type { Activity, Interruption } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';
import type { World } from '../world.ts';
import { FilePlayer } from './file-player.ts';

const DIGITS_MAX = 128;
const TRIES_MAX = 100;

export interface CollectOptions {
  readonly min: number;
  readonly max: number;
  readonly tries: number;
  readonly timeoutMs: number;
  readonly terminators: string;
  readonly file: string;
  readonly invalidFile: string;
  readonly variable: string;
  readonly pattern: string;
  readonly digitTimeoutMs: number;
}

/** `<min> <max> <tries> <timeout> <terminators> <file> [<invalid> [<variable> [<regexp> [<digit timeout>]]]]` */
export function parseCollectOptions(data: string): CollectOptions | undefined {
  const words = data.split(' ').filter((word) => word !== '');
  const [min, max, tries, timeout, terminators, file, invalidFile, variable, pattern, digit] =
    words;
  if (file === undefined) return undefined;
  const timeoutMs = Math.max(1000, Number(timeout) || 0);
  return {
    min: Math.max(0, Number(min) || 0),
    max: Math.min(DIGITS_MAX, Math.max(1, Number(max) || 1)),
    tries: Math.min(TRIES_MAX, Math.max(1, Number(tries) || 1)),
    timeoutMs,
    terminators: terminators === 'none' ? '' : (terminators ?? ''),
    file,
    invalidFile: invalidFile ?? '',
    variable: variable ?? '',
    pattern: pattern ?? '',
    digitTimeoutMs: Number(digit) > 0 ? Number(digit) : timeoutMs,
  };
}

/**
 * `play_and_get_digits`.
 *
 *   prompt ──(end, first key)──> waiting ──(enough, terminator, silence)──> judged
 *     ^                                                                      │ │
 *     └──(invalid, tries left)── complaint <─────────────────────────────────┘ └──(valid, no tries)──> over
 */
export class CollectActivity implements Activity {
  readonly #world: World;
  readonly #channel: Channel;
  readonly #options: CollectOptions;
  #player: FilePlayer | undefined;
  #phase: 'prompt' | 'waiting' | 'complaint' | 'over' = 'prompt';
  #digits = '';
  #terminator = '';
  #tries = 0;
  #waitTicks = 0;
  #finish: (response?: string) => void = () => undefined;

  constructor(world: World, channel: Channel, options: CollectOptions) {
    this.#world = world;
    this.#channel = channel;
    this.#options = options;
  }

  start(finish: (response?: string) => void): void {
    this.#finish = finish;
    this.#channel.variables.set(this.#options.variable, undefined);
    this.#channel.variables.set(`${this.#options.variable}_invalid`, undefined);
    this.#prompt();
  }

  tick(): void {
    if (this.#phase === 'waiting') {
      if (--this.#waitTicks <= 0) this.#judge();
    } else this.#player?.tick();
  }

  digit(digit: string): void {
    if (this.#phase === 'over' || this.#phase === 'complaint') return;
    this.#stopPlayer();
    if (this.#options.terminators.includes(digit)) {
      this.#terminator = digit;
      return this.#judge();
    }
    this.#digits += digit;
    if (this.#digits.length >= this.#options.max) return this.#judge();
    this.#wait(this.#options.digitTimeoutMs);
  }

  /** `uuid_break` ends only the prompt; the digits are waited for all the same, as in FreeSWITCH. */
  interrupt(why: Interruption): void {
    if (why !== 'break') return this.#over(false);
    if (this.#phase !== 'prompt') return;
    this.#stopPlayer();
    this.#wait(this.#options.timeoutMs);
  }

  #prompt(): void {
    this.#tries++;
    this.#digits = '';
    this.#terminator = '';
    this.#channel.variables.set('read_terminator_used', undefined);
    this.#phase = 'prompt';
    this.#play(this.#options.file, () => this.#wait(this.#options.timeoutMs));
  }

  #wait(ms: number): void {
    this.#phase = 'waiting';
    this.#waitTicks = Math.ceil(ms / 20);
  }

  #judge(): void {
    const { variable, min, tries } = this.#options;
    if (this.#terminator !== '') {
      this.#channel.variables.set('read_terminator_used', this.#terminator);
    }
    if (this.#valid()) return this.#over(true);
    if (this.#digits.length >= Math.max(1, min)) {
      this.#channel.variables.set(`${variable}_invalid`, this.#digits);
    }
    this.#phase = 'complaint';
    const next = () => (this.#tries < tries ? this.#prompt() : this.#over(false));
    if (this.#options.invalidFile === '') next();
    else this.#play(this.#options.invalidFile, next);
  }

  #valid(): boolean {
    const { min, pattern } = this.#options;
    if (min === 0 && this.#digits === '' && this.#terminator !== '') return true;
    if (this.#digits === '' || this.#digits.length < min) return false;
    if (pattern === '') return true;
    try {
      return new RegExp(pattern).test(this.#digits);
    } catch {
      return false;
    }
  }

  #play(name: string, then: () => void): void {
    const player = new FilePlayer(this.#world, this.#channel, name, () => {
      this.#player = undefined;
      then();
    });
    this.#player = player;
    player.open();
  }

  #stopPlayer(): void {
    const player = this.#player;
    this.#player = undefined;
    player?.stop();
  }

  #over(success: boolean): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#stopPlayer();
    const { variable } = this.#options;
    this.#channel.variables.set(variable, success ? this.#digits : undefined);
    this.#channel.variables.set('read_result', success ? 'success' : 'failure');
    this.#finish();
  }
}
