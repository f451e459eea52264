import type Srf from 'drachtio-srf';
import type { EslEvent } from 'modesl';
import type { Clock } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import { within } from '../lib/within.ts';
import type { Recorded, RecordOptions } from '../runtime/ports/index.ts';
import type { Tape, TapeOptions } from '../runtime/ports/recordings.ts';
import { hasAudio, isHold, withoutStrayKeys } from './description-of.ts';
import { endDialog } from './end-dialog.ts';
import type { EventSocket } from './event-socket.ts';
import { type KeySource, Keys } from './keys.ts';
import { Playing } from './playing.ts';
import { Recording } from './recording.ts';
import { reinvite } from './reinvite.ts';
import { sipFailure } from './sip-failure.ts';
import { ConversationTape } from './tape.ts';

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
 * Hears keys in the audio as soon as they begin; mod_dptools' own application, which every FreeSWITCH has, only when
 * they end. An application that a server does not know would hang the call up: hence the question.
 */
const TONE_MODULE = 'mod_spandsp';

/** A bridge that is to end and of whose end nobody has told by then has ended. */
const PARTING_MS_MAX = 1_000;
/** FreeSWITCH takes a quarter of a second to let a call go on that was held. */
const RETRIEVING_MS_MAX = 1_000;
/** One that was promised and is not there by then will not come: FreeSWITCH takes 20 to 65 ms. */
const BRIDGING_MS_MAX = 3_000;

/** Two who are to be joined; true once they are. */
interface Bridging {
  readonly first: Channel;
  readonly second: Channel;
  settle(joined: boolean): void;
}

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
  readonly #newId: NewId;
  #recording: Recording | undefined;
  readonly #tapes = new Set<ConversationTape>();
  #secret = false;
  /** The prefix of the applications that hear keys in the audio, while one does. */
  #tonesBy: 'spandsp_' | '' | undefined;
  #hasOtherKeys = false;
  readonly #playing: Playing;
  /** How often what plays, or waits to be played, was ended. */
  #silenced = 0;
  /** The far end's description that is in force, if it was brought by a re-INVITE. */
  #agreed: string | undefined;
  /** The last exchange of descriptions: the next waits for its end (RFC 3261 section 14.1). */
  #exchange: Promise<unknown> = Promise.resolve();
  /** Exchanges that are not over. */
  #exchanges = 0;
  /** The far end listens to nobody, by its last description. */
  #held = false;
  /** Set while it is bridged, on both; resolves when the media server has parted the two. */
  #parted: Promised | undefined;
  /** Set while the media server takes the call for held by the far end; resolves when it no longer does. */
  #retrieved: Promised | undefined;
  /** A bridge that the media server was asked for, on both. */
  #bridging: Bridging | undefined;
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
    this.#newId = options.newId;
    this.#playing = new Playing(options);
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
    if (this.#parted && !(await this.#isWantedApart())) return 'stopped';
    return this.#gone ? 'stopped' : this.#playing.play(files);
  }

  /** Waits until the bridge is over. False: meanwhile it was silenced, or joined with somebody again. */
  async #isWantedApart(): Promise<boolean> {
    const before = this.#silenced;
    await this.#part();
    return before === this.#silenced;
  }

  playEndlessly(file: string): void {
    if (!this.#parted) return this.#playEndlessly(file);
    void this.#isWantedApart().then((wanted) => {
      if (wanted) this.#playEndlessly(file);
    });
  }

  #playEndlessly(file: string): void {
    if (!this.#gone) this.#playing.playEndlessly(file);
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
    if (source === 'info' && !this.#hasOtherKeys) this.#ignoreTones();
    this.#keys.press(key, source);
  }

  /** Listens for keys in the audio, once it is agreed how that comes: for a far end that offers nothing else. */
  async hearTones(): Promise<void> {
    await this.#exchange;
    const has = await this.#socket.api(`module_exists ${TONE_MODULE}`);
    if (this.#gone || this.#hasOtherKeys) return;
    this.#tonesBy = has.trim() === 'true' ? 'spandsp_' : '';
    this.#run(`${this.#tonesBy}start_dtmf`);
  }

  /** The far end has another way after all. */
  #ignoreTones(): void {
    this.#hasOtherKeys = true;
    if (this.#tonesBy !== undefined) this.#run(`${this.#tonesBy}stop_dtmf`);
    this.#tonesBy = undefined;
  }

  #run(application: string): void {
    const executionId = this.#newId();
    this.#socket.execute(this.uuid, { application, argument: '', executionId });
  }

  /**
   * What is playing gives way by itself. Resolves once the two are joined, a while after FreeSWITCH has said that it will
   * join them: whoever of them ends before that takes the other one along. Its answer: `+OK …`, or why not.
   */
  async bridgeTo(other: Channel): Promise<string> {
    if (this.#isUnsettled || other.#isUnsettled)
      await Promise.all([this.settled(), other.settled()]);
    if (this.#gone || other.gone) return '-ERR a channel is gone';
    this.#silence();
    other.#silence();
    const joined = this.#joinedWith(other);
    const answer = await this.#socket.api(`uuid_bridge ${this.uuid} ${other.uuid}`);
    if (!answer.startsWith('+OK')) this.#bridging?.settle(false);
    return (await joined) || !answer.startsWith('+OK') ? answer : '-ERR no bridge was made';
  }

  #joinedWith(other: Channel): Promise<boolean> {
    return new Promise((resolve) => {
      const late = this.#clock.after(BRIDGING_MS_MAX, () => bridging.settle(false));
      const both = [this, other];
      const bridging: Bridging = {
        first: this,
        second: other,
        settle: (joined) => {
          late.cancel();
          for (const each of both) if (each.#bridging === bridging) each.#bridging = undefined;
          if (joined) for (const each of both) each.#joined();
          resolve(joined);
        },
      };
      for (const each of both) {
        each.#bridging?.settle(false);
        each.#bridging = bridging;
      }
    });
  }

  /** It is told of the first of the two. */
  #bridged(otherUuid: string | undefined): void {
    const bridging = this.#bridging;
    if (bridging?.first === this && bridging.second.uuid === otherUuid) bridging.settle(true);
  }

  #joined(): void {
    this.#parted?.resolve();
    this.#parted = this.#gone ? undefined : promised();
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
    if (this.#isUnsettled) await this.settled();
    return this.command('uuid_transfer', `${[...application, 'park'].join(',')} inline`);
  }

  /** The other leg is on its way out: what is played before it is gone would be cut off with it. */
  async #part(): Promise<void> {
    const parted = this.#parted;
    if (!parted) return;
    await this.#within(PARTING_MS_MAX, parted);
    if (this.#parted === parted) this.#parted = undefined;
  }

  async #within(ms: number, { promise, resolve }: Promised): Promise<void> {
    const late = this.#clock.after(ms, resolve);
    await promise;
    late.cancel();
  }

  /** Gives the media server a new description of the far end (hold, retrieve, a late answer); its own comes back. */
  renegotiate(farEndSdp: string): Promise<string> {
    this.#exchanges += 1;
    const exchange = this.#exchange.then(() => this.#propose(farEndSdp));
    const over = () => {
      this.#exchanges -= 1;
    };
    this.#exchange = exchange.then(over, over);
    return exchange;
  }

  /**
   * The media server is done with the far end's last description: with a retrieval some time after its answer
   * (`switch_core_media_toggle_hold`). A bridge or a transfer that is asked for in between makes it renegotiate
   * (`switch_ivr_check_hold`), and stay mute.
   */
  async settled(): Promise<void> {
    await within(this.#clock, BRIDGING_MS_MAX, this.#exchange);
    if (!this.#retrieved || this.#held) return;
    await this.#within(RETRIEVING_MS_MAX, this.#retrieved);
    if (!this.#held) this.#retrieved = undefined;
  }

  get #isUnsettled(): boolean {
    return this.#exchanges > 0 || (this.#retrieved !== undefined && !this.#held);
  }

  /** FreeSWITCH accepts what it cannot use with an audio stream that is off, if it made the first offer itself. */
  async #propose(farEndSdp: string): Promise<string> {
    const proposal = withoutStrayKeys(farEndSdp);
    const answer = await reinvite(this.dialog, proposal);
    if (hasAudio(answer)) {
      this.#agreed = proposal;
      this.#held = isHold(proposal);
      // Its event may come when the far end has retrieved the call already.
      if (this.#held) this.#retrieved ??= promised();
      return answer;
    }
    if (this.#agreed) await reinvite(this.dialog, this.#agreed);
    throw sipFailure(488);
  }

  event(name: string, event: EslEvent): void {
    // What we have the server take for keys is no key that somebody pressed.
    if (name === 'DTMF' && event.getHeader('DTMF-Source') !== 'APP')
      this.key(event.getHeader('DTMF-Digit') ?? '', sourceOf(event));
    if (name === 'CHANNEL_BRIDGE') this.#bridged(event.getHeader('Other-Leg-Unique-ID'));
    if (name === 'CHANNEL_UNBRIDGE') this.#parted?.resolve();
    if (name === 'CHANNEL_HOLD') this.#retrieved ??= promised();
    if (name === 'CHANNEL_UNHOLD') {
      this.#retrieved?.resolve();
      this.#retrieved = undefined;
    }
    if (name === 'RECORD_STOP') this.#recordStopped(event);
    if (name === 'CHANNEL_EXECUTE_COMPLETE')
      this.#playing.completed(event.getHeader('Application-UUID'));
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
    this.#bridging?.settle(false);
    this.#silence();
  }

  #silence(): void {
    this.#silenced += 1;
    this.#playing.forget();
  }
}

interface Promised {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function promised(): Promised {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const sourceOf = (event: EslEvent): KeySource =>
  event.getHeader('DTMF-Source') === 'INBAND_AUDIO' ? 'tone' : 'rtp';
