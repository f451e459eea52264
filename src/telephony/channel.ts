import type Srf from 'drachtio-srf';
import type { EslEvent } from 'modesl';
import type { Clock } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import type { Recorded, RecordOptions } from '../runtime/ports/index.ts';
import type { Tape, TapeOptions } from '../runtime/ports/recordings.ts';
import { BridgeEnd } from './bridge-end.ts';
import { endDialog } from './end-dialog.ts';
import type { EventSocket } from './event-socket.ts';
import { Exchanges } from './exchanges.ts';
import { type KeySource, Keys } from './keys.ts';
import { Playing } from './playing.ts';
import { Recording } from './recording.ts';
import { ConversationTape } from './tape.ts';
import { ToneEar } from './tone-ear.ts';

export interface ChannelOptions {
  readonly uuid: string;
  readonly dialog: Srf.Dialog;
  readonly socket: EventSocket;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly mediaServer: string;
  /** Where a sound lies that media servers are told a URL of. */
  pathOf?(sound: string): string;
}

/** After it the caller speaks: 200 ms of 1 kHz, at the level of a telephone's own tones. */
const BEEP = 'tone_stream://v=-16;%(200,0,1000)';
/**
 * A channel parked on a media server: a SIP dialog to its profile, whose Call-ID is the channel's uuid, and
 * commands by that uuid over the server's one event socket.
 *
 *   parked ──play──▶ playing ──over, stop──▶ parked        any ──BYE, release, server lost──▶ gone
 */
export class Channel {
  readonly uuid: string;
  readonly mediaServer: string;
  readonly dialog: Srf.Dialog;
  readonly #socket: EventSocket;
  readonly #clock: Clock;
  readonly #keys: Keys;
  readonly #tones: ToneEar;
  readonly #exchanges: Exchanges;
  readonly #bridge: BridgeEnd;
  #recording: Recording | undefined;
  readonly #tapes = new Set<ConversationTape>();
  #secret = false;
  readonly #playing: Playing;
  /** How often what plays, or waits to be played, was ended. */
  #silenced = 0;
  #gone = false;
  /** A key, once, whichever way it came. */
  onDigit: (digit: string) => void = () => {};
  /** More keys come than a person can press; told once. */
  onFlood: () => void = () => {};
  /** The media server let the channel go, or is itself gone. Not called after `release`. */
  onGone: () => void = () => {};
  /** A recording is over, maybe after the channel's end. */
  onRecorded: () => void = () => {};

  constructor(options: ChannelOptions) {
    this.uuid = options.uuid;
    this.mediaServer = options.mediaServer;
    this.dialog = options.dialog;
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#keys = new Keys(
      options.clock,
      (key) => this.#digit(key),
      (first) => this.#keysDropped(first),
    );
    this.#tones = new ToneEar(options.uuid, options.socket, options.newId);
    this.#exchanges = new Exchanges(options.dialog, options.clock);
    this.#bridge = new BridgeEnd(options.uuid, options.clock);
    this.#playing = new Playing({ ...options, onFlushed: () => this.#tones.flushed() });
    options.dialog.on('destroy', () => this.lost());
  }

  /** The description that the media server gave of its end. */
  get sdp(): string {
    return this.dialog.remote.sdp;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Plays files one after the other. A channel that is gone answers `stopped`. */
  async play(files: readonly string[]): Promise<'played' | 'stopped'> {
    const played = this.#apart(() => this.#playing.play(files));
    return (await played) ?? 'stopped';
  }

  playEndlessly(file: string): void {
    void this.#apart(() => this.#playing.playEndlessly(file));
  }

  /**
   * Does it at once, or when the bridge is over. Not at all where it was silenced meanwhile, or is gone: nothing comes
   * between that look and the deed, or music would play into the next bridge.
   */
  async #apart<Result>(deed: () => Result): Promise<Awaited<Result> | undefined> {
    const before = this.#silenced;
    if (this.#bridge.isJoined) await this.#bridge.parted();
    return this.#gone || before !== this.#silenced ? undefined : await deed();
  }

  /** Ends music as well, and what waits to be played. */
  stopPlaying(): void {
    this.#silenced += 1;
    if (!this.#gone) this.#playing.stop();
  }

  /** Somebody listens to the far end, until the answer is called. */
  listenedTo(): () => void {
    this.#playing.listenerComes();
    return () => {
      if (!this.#gone) this.#playing.listenerGoes();
    };
  }

  /** See the port. A key during the beep ends it as well: then there is nothing to keep. */
  async record(file: string, options: RecordOptions): Promise<Recorded> {
    this.#recording?.end('stopped');
    if (this.#gone) return { durationMs: 0, why: 'gone' };
    const recording = new Recording({
      ...options,
      file,
      uuid: this.uuid,
      socket: this.#socket,
      clock: this.#clock,
      announce: () => (options.beep ? this.play([BEEP]) : Promise.resolve()),
    });
    this.#recording = recording;
    recording.mask(this.#secret);
    const recorded = await recording.run();
    if (this.#recording === recording) this.#recording = undefined;
    this.onRecorded();
    return recorded;
  }

  stopRecording(): void {
    this.#endRecording('stopped');
  }

  secret(on: boolean): void {
    this.#secret = on;
    this.#recording?.mask(on);
    for (const tape of this.#tapes) tape.secret(on);
  }

  /** See the port. */
  tape(file: string, options: TapeOptions): Tape {
    const { uuid } = this;
    const tape = new ConversationTape(
      { ...options, file, uuid, socket: this.#socket, clock: this.#clock },
      (over) => {
        this.#tapes.delete(over);
        this.onRecorded();
      },
    );
    this.#tapes.add(tape);
    tape.secret(this.#secret);
    tape.start();
    if (this.#gone) tape.gone();
    return tape;
  }

  /** Its file is not closed yet: the media server will tell, even after the channel's end. */
  get recording(): boolean {
    return this.#recording !== undefined || this.#tapes.size > 0;
  }

  /** Runs a command of the media server on this channel. Its answer: `+OK …`, or why not. */
  command(name: string, rest: string): Promise<string> {
    if (this.#gone) return Promise.resolve('-ERR the channel is gone');
    return this.#socket.api(`${name} ${this.uuid} ${rest}`);
  }

  /** A key that the far end has pressed. */
  key(key: string, source: KeySource): void {
    if (source === 'info') this.#tones.close();
    this.#keys.press(key, source);
  }

  /** Listens for keys in the audio, once it is agreed how that comes: for a far end that offers nothing else. */
  async hearTones(): Promise<void> {
    await this.#exchanges.agreed;
    await this.#tones.open();
  }

  /**
   * What is playing gives way. Resolves once the two are joined, a while after FreeSWITCH has said that it will
   * join them: whoever of them ends before that takes the other one along. Its answer: `+OK …`, or why not.
   */
  async bridgeTo(other: Channel): Promise<string> {
    if (!this.#isSettled || !other.#isSettled) await Promise.all([this.settled(), other.settled()]);
    if (this.#gone || other.gone) return '-ERR a channel is gone';
    this.#silence();
    other.#silence();
    const joined = this.#bridge.join(other.#bridge);
    const answer = await this.#socket.api(`uuid_bridge ${this.uuid} ${other.uuid}`);
    if (!answer.startsWith('+OK')) this.#bridge.refused();
    return (await joined) || !answer.startsWith('+OK') ? answer : '-ERR no bridge was made';
  }

  /** Out of the bridge, and the other out of it as well: both are parked. What is played now is heard after that. */
  park(): Promise<string> {
    return this.command('uuid_park', '');
  }

  /** Hears and is heard by the other and whoever that is bridged with, until the other is gone. */
  joinThird(other: Channel): Promise<string> {
    if (other.gone) return Promise.resolve('-ERR a channel is gone');
    this.#silence();
    return this.transferTo(`three_way:${other.uuid}`);
  }

  /** Out of whatever it does, and parked. */
  leaveThird(): Promise<string> {
    this.#silence();
    return this.transferTo();
  }

  /**
   * Runs the application, and parks when that is over. An application that is run without it, while something plays, would be
   * run within that.
   */
  async transferTo(...application: readonly string[]): Promise<string> {
    if (!this.#isSettled) await this.settled();
    return this.command('uuid_transfer', `${[...application, 'park'].join(',')} inline`);
  }

  /** Gives the media server a new description of the far end (hold, retrieve, a late answer); its own comes back. */
  renegotiate(farEndSdp: string): Promise<string> {
    return this.#exchanges.renegotiate(farEndSdp);
  }

  /** The media server is done with the far end's last description. */
  settled(): Promise<void> {
    return this.#exchanges.settled();
  }

  get #isSettled(): boolean {
    return this.#exchanges.areSettled;
  }

  event(name: string, event: EslEvent): void {
    // What we have the server take for keys is no key that somebody pressed.
    if (name === 'DTMF' && event.getHeader('DTMF-Source') !== 'APP')
      this.key(event.getHeader('DTMF-Digit') ?? '', sourceOf(event));
    if (name === 'CHANNEL_BRIDGE') this.#bridge.bridged(event.getHeader('Other-Leg-Unique-ID'));
    if (name === 'CHANNEL_UNBRIDGE') this.#bridge.unbridged();
    if (name === 'CHANNEL_HOLD') this.#exchanges.hold();
    if (name === 'CHANNEL_UNHOLD') this.#exchanges.unhold();
    if (name === 'RECORD_STOP') this.#recordStopped(event);
    if (name === 'CHANNEL_EXECUTE_COMPLETE') this.#completed(event.getHeader('Application-UUID'));
  }

  #completed(executionId: string | undefined): void {
    this.#playing.completed(executionId);
    this.#tones.completed(executionId);
  }

  #recordStopped(event: EslEvent): void {
    this.#recording?.stopped(event);
    for (const tape of this.#tapes) tape.stopped(event);
  }

  /** FreeSWITCH keeps a thousand keys and tells fifty a second: the next real one would wait behind them. */
  #keysDropped(first: boolean): void {
    if (first) this.onFlood();
    if (!this.#gone) void this.#socket.api(`uuid_flush_dtmf ${this.uuid}`);
  }

  #digit(digit: string): void {
    if (this.#recording) this.#endRecording('key', digit);
    else this.onDigit(digit);
  }

  #endRecording(why: Recorded['why'], key?: string): void {
    if (!this.#recording) return;
    this.#recording.end(why, key);
    this.stopPlaying();
  }

  /** Ends the channel from our side. Idempotent. */
  release(): void {
    if (this.#gone) return;
    this.#end();
    endDialog(this.dialog, () => void this.#socket.api(`uuid_kill ${this.uuid}`));
  }

  /** Ends it without a word to the media server, which has ended it or is gone itself. */
  lost(): void {
    if (this.#gone) return;
    this.#end();
    this.onGone();
  }

  #end(): void {
    this.#gone = true;
    this.#recording?.end('gone');
    for (const tape of this.#tapes) tape.gone();
    this.#bridge.end();
    this.#tones.end();
    this.#silenced += 1;
    this.#playing.forget();
  }

  /** For what comes instead. */
  #silence(): void {
    this.#silenced += 1;
    this.#playing.giveWay();
  }
}

const sourceOf = (event: EslEvent): KeySource =>
  event.getHeader('DTMF-Source') === 'INBAND_AUDIO' ? 'tone' : 'rtp';
