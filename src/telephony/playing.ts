import type { Clock, Timer } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import type { EventSocket } from './event-socket.ts';
import { wavDurationMs } from './wav-duration.ts';

export interface PlayingOptions {
  readonly uuid: string;
  readonly socket: EventSocket;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Where a sound lies that the media server is told another name of, such as a URL; absent: its name is its path. */
  pathOf?(sound: string): string;
  /** What the channel was told and has not begun is thrown away, whoever told it. */
  onFlushed?(): void;
}

/** A playback that has been asked for and is not over. */
interface Playback {
  readonly executionId: string;
  settle(how: 'played' | 'stopped'): void;
  /** The media server has been told. */
  begun?: true;
  /** Runs until what is said is over, where something is held behind it. */
  over?: Timer;
}

/** Silence for longer than anybody is listened to. */
const HELD = 'silence_stream://120000';
/** A playback begins so long after it was asked for, or sooner. */
const BEGINS_MS = 60;

/**
 * What a channel's far end is played.
 *
 *   silent ──play──▶ playing ──over──▶ silent, or held while somebody listens ──play, nobody listens──▶ broken
 *     ▲                 └──stop──▶ broken, or paused while somebody listens ──play, nobody listens──▶ broken
 *
 * Music lies beneath: what is played during it is heard instead of it, and then it goes on (FreeSWITCH nests
 * playbacks that are asked for without `event-lock`). `endless_playback` would hold back the keys.
 *
 * At the end of a playback FreeSWITCH throws away what it has received and not read (`switch_channel_audio_sync`, in
 * `switch_ivr_parse_event`): 40 ms of a caller who speaks at that moment, and more in G.722, whose decoder has to find
 * its way again. Whoever is listened to speaks at exactly that moment: so what plays is paused instead, and ended later;
 * and what would end by itself goes on as silence. (Where it cannot be told how long it lasts, it ends.)
 */
export class Playing {
  readonly #options: PlayingOptions;
  #playback: Playback | undefined;
  /** The file that plays beneath everything else. */
  #music: string | undefined;
  #listeners = 0;
  /** The execution that is paused or held, and has to be ended. */
  #paused: string | undefined;

  constructor(options: PlayingOptions) {
    this.#options = options;
  }

  /** Plays files one after the other, instead of those before. */
  play(files: readonly string[]): Promise<'played' | 'stopped'> {
    if (this.#playback) this.#stopTop();
    this.#endPaused();
    return new Promise((settle) => {
      const playback: Playback = { executionId: this.#options.newId(), settle };
      this.#playback = playback;
      if (this.#listeners === 0 || this.#music !== undefined) this.#begin(playback, files);
      else void this.#durationMs(files).then((ms) => this.#beginHeld(playback, files, ms));
    });
  }

  #begin(playback: Playback, files: readonly string[]): void {
    const argument = files.length === 1 ? (files[0] ?? '') : fileString(files);
    const { executionId } = playback;
    const { uuid, socket } = this.#options;
    playback.begun = true;
    if (!socket.execute(uuid, { application: 'playback', argument, executionId })) this.forget();
  }

  #beginHeld(playback: Playback, files: readonly string[], durationMs: number): void {
    if (this.#playback !== playback) return;
    this.#begin(playback, durationMs > 0 ? [...files, HELD] : files);
    if (durationMs === 0) return;
    playback.over = this.#options.clock.after(BEGINS_MS + durationMs, () => this.#hold(playback));
  }

  /** All is said. */
  #hold(playback: Playback): void {
    if (this.#playback !== playback) return;
    this.#playback = undefined;
    this.#paused = playback.executionId;
    if (this.#listeners === 0) this.#endPaused();
    playback.settle('played');
  }

  playEndlessly(file: string): void {
    this.stop();
    this.#endPaused();
    this.#music = file;
    const { uuid, socket, newId } = this.#options;
    const playback = { application: 'playback', argument: file, executionId: newId() };
    socket.execute(uuid, { ...playback, loops: -1 });
  }

  /** Ends music as well. */
  stop(): void {
    const playback = this.#playback;
    if (!playback && this.#music === undefined) return;
    const canPause = this.#listeners > 0 && this.#music === undefined;
    this.forget();
    if (playback && !playback.begun) return;
    if (playback && canPause) this.#pause(playback);
    else this.#break();
  }

  /**
   * A bridge or a transfer comes, and ends what plays. What was asked for a moment ago and has not begun would be played in
   * it, and music for ever (`switch_ivr_bridge.c` runs waiting commands): a break throws it away.
   */
  giveWay(): void {
    if (this.#playback?.begun || this.#music !== undefined) this.#break();
    this.forget();
  }

  /** It was ended by somebody else. */
  forget(): void {
    const playback = this.#playback;
    this.#playback = undefined;
    this.#music = undefined;
    this.#paused = undefined;
    playback?.over?.cancel();
    playback?.settle('stopped');
  }

  /** The media server has ended an execution. */
  completed(executionId: string | undefined): void {
    if (this.#paused === executionId) this.#paused = undefined;
    const playback = this.#playback;
    if (!playback || playback.executionId !== executionId) return;
    this.#playback = undefined;
    playback.over?.cancel();
    playback.settle('played');
  }

  listenerComes(): void {
    this.#listeners += 1;
  }

  listenerGoes(): void {
    this.#listeners -= 1;
    if (this.#listeners === 0) this.#endPaused();
  }

  /** Ends what plays on top of the music. FreeSWITCH ends both, and so the music begins anew. */
  #stopTop(): void {
    const music = this.#music;
    this.stop();
    if (music !== undefined) this.playEndlessly(music);
  }

  /** All of them together; 0: one of them is no WAV file that can be looked into. */
  async #durationMs(sounds: readonly string[]): Promise<number> {
    const { pathOf = (sound) => sound } = this.#options;
    const durations = await Promise.all(sounds.map((sound) => wavDurationMs(pathOf(sound))));
    return durations.includes(0) ? 0 : durations.reduce((sum, each) => sum + each, 0);
  }

  /** What has not begun yet cannot be paused. */
  #pause({ executionId }: Playback): void {
    this.#paused = executionId;
    const { uuid, socket } = this.#options;
    void socket.api(`uuid_fileman ${uuid} pause`).then((answer) => {
      if (this.#paused === executionId && !answer.startsWith('+OK')) this.#endPaused();
    });
  }

  #endPaused(): void {
    if (this.#paused === undefined) return;
    this.#paused = undefined;
    this.#break();
  }

  #break(): void {
    const { uuid, socket, onFlushed } = this.#options;
    void socket.api(`uuid_break ${uuid} all`);
    onFlushed?.();
  }
}

/** mod_dptools' syntax for several files in a row. */
function fileString(files: readonly string[]): string {
  return `file_string://${files.join('!')}`;
}
