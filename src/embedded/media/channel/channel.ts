import type { Timer } from '../../../lib/clock.ts';
import { KeyTones } from '../audio/key-tones.ts';
import { mixInto } from '../audio/mixer.ts';
import { RateChanger } from '../audio/resampler.ts';
import type { SwitchCore } from '../core.ts';
import type { SwitchEvent } from '../esl/event.ts';
import type { RtpSession } from '../rtp/rtp-session.ts';
import type { CallerProfile, OtherLeg } from './caller-profile.ts';
import type { Cause } from './causes.ts';
import { q850Of } from './causes.ts';
import { addChannelData } from './channel-events.ts';
import { setDurations, setMediaStats } from './channel-report.ts';
import { Executor, type ExecutorHost } from './executor.ts';
import { CALL_STATE_NUMBERS, type CallState, type ChannelState } from './states.ts';
import { Variables } from './variables.ts';

/** The SIP side of a channel. */
export interface Signalling {
  /** Answers the call; resolves when media may flow (for a late offer: at the ACK). */
  answer(): Promise<boolean>;
  hangup(cause: Cause): void;
}

/** Hears what passes through a channel, 20 ms at a time: a recording, a listener. */
export interface Tap {
  /** `heard`: from the far end; `said`: to it. Either may be silence (nothing). */
  frame(
    heard: Int16Array | undefined,
    said: Int16Array | undefined,
    sampleRate: number,
    /** What was said without what others whispered into it: a whisperer does not hear themselves. */
    plain: Int16Array | undefined,
  ): void;
  /** The channel has ended. */
  end(): void;
}

/** Mixed into what a channel's far end hears: a supervisor's whisper, at the rate asked for. */
export interface Injection {
  /** Called once every 20 ms. */
  next(sampleRate: number): Int16Array | undefined;
  /** What `next` has just given. */
  readonly now: Int16Array | undefined;
}

/**
 * One leg. Its states, as far as this server has them (FreeSWITCH's names):
 *
 *   NEW → INIT → ROUTING → EXECUTE ──uuid_bridge──> HIBERNATE → RESET → SOFT_EXECUTE (→ EXCHANGE_MEDIA)
 *                             │                                              │ bridge over
 *                             │                                              v
 *                             └──────────────> HANGUP <────────────────── PARK
 *                                                │
 *                                                v
 *                                       REPORTING → DESTROY
 */
export class Channel {
  readonly uuid: string;
  readonly core: SwitchCore;
  readonly profile: CallerProfile;
  readonly variables = new Variables();
  readonly signalling: Signalling;
  readonly executor: Executor;
  readonly taps = new Set<Tap>();
  readonly injections = new Set<Injection>();
  /** What is to happen to the channel later, and not when it is gone. */
  readonly timers = new Set<Timer>();
  /** Called when the channel has ended and everything was told. */
  readonly endings = new Set<() => void>();
  /** Called when all is over, to take the channel off the list. */
  onDestroy: () => void = () => undefined;
  rtp: RtpSession | undefined;
  other: OtherLeg | undefined;
  /** Set while bridged. */
  partner: Channel | undefined;
  cause: Cause | undefined;
  answered = false;
  held = false;
  /** Counts transfers, so that a dialplan's rest is not run after one. */
  route = 0;
  /** Nothing is heard of a muted far end. */
  muted = false;
  #state: ChannelState = 'CS_NEW';
  #callState: CallState = 'DOWN';
  #early = false;
  #said: Int16Array | undefined;
  #plain: Int16Array | undefined;
  readonly #rate = new RateChanger();
  readonly #tones = new KeyTones();
  readonly #mixed = new Int16Array(320);

  constructor(
    core: SwitchCore,
    profile: CallerProfile,
    signalling: Signalling,
    host: (channel: Channel) => ExecutorHost,
  ) {
    this.core = core;
    this.uuid = profile.uuid;
    this.profile = profile;
    this.signalling = signalling;
    this.executor = new Executor(host(this));
  }

  get state(): ChannelState {
    return this.#state;
  }

  get callState(): CallState {
    return this.#callState;
  }

  get up(): boolean {
    return this.cause === undefined;
  }

  get answerState(): string {
    if (!this.up) return 'hangup';
    if (this.answered) return 'answered';
    return this.#early ? 'early' : 'ringing';
  }

  /** The one place that sets the state. */
  setState(state: ChannelState): void {
    this.#state = state;
    this.fire('CHANNEL_STATE');
  }

  setCallState(callState: CallState): void {
    const original = this.#callState;
    if (original === callState) return;
    this.#callState = callState;
    this.fire('CHANNEL_CALLSTATE', (event) => {
      event.add('Original-Channel-Call-State', original);
      event.add('Channel-Call-State-Number', CALL_STATE_NUMBERS[callState]);
    });
  }

  /** Early media began; an answer follows at once here. */
  setEarly(): void {
    this.#early = true;
    this.profile.progressMediaUs = this.core.nowUs();
  }

  setAnswered(): void {
    if (this.answered) return;
    this.answered = true;
    this.profile.answeredUs = this.core.nowUs();
    this.variables.set('endpoint_disposition', 'ANSWER');
    this.fire('CHANNEL_ANSWER');
    this.setCallState('ACTIVE');
  }

  /** Tells the world, if it listens. `first` adds headers before the channel's, `last` behind them. */
  fire(
    name: string,
    first?: (event: SwitchEvent) => void,
    last?: (event: SwitchEvent) => void,
    subclass?: string,
  ): void {
    if (!this.core.bus.wanted(name, subclass)) return;
    const event = this.core.event(name, subclass);
    first?.(event);
    addChannelData(event, this);
    last?.(event);
    this.core.bus.publish(event);
  }

  /** Leaves whatever it does, for something else; the rest of its dialplan is forgotten. */
  leave(): void {
    this.route++;
    this.executor.unwind('transfer');
  }

  /** The far end, or a command, holds or retrieves the call. */
  setHeld(held: boolean): void {
    if (this.held === held || !this.up) return;
    this.held = held;
    if (held) {
      this.setCallState('HELD');
      this.fire('CHANNEL_HOLD');
      return;
    }
    this.setCallState('UNHELD');
    this.fire('CHANNEL_UNHOLD');
    this.setCallState('ACTIVE');
  }

  /** A key, from RTP or from a command. */
  receiveDigit(digit: string, duration: number, source: string): void {
    if (!this.up) return;
    const dialed = this.variables.get('digits_dialed') ?? '';
    this.variables.set('digits_dialed', (dialed + digit).slice(-128));
    this.fire('DTMF', undefined, (event) => {
      event.add('DTMF-Digit', digit).add('DTMF-Duration', duration).add('DTMF-Source', source);
    });
    this.executor.top?.digit?.(digit);
  }

  /** Sends keys to the far end: as RTP events, or as tones when it did not offer those. */
  sendDigits(digits: string, durationMs: number): void {
    const rtp = this.rtp;
    if (!rtp?.agreed) return;
    if (rtp.agreed.eventSendType !== undefined) rtp.keys.send(digits, durationMs);
    else this.#tones.send(digits, durationMs, rtp.sampleRate);
  }

  /** Ends the channel, once. The far end gets its BYE before anybody is told. */
  hangup(cause: Cause, bySignalling = false): void {
    if (!this.up) return;
    this.cause = cause;
    this.profile.hangupUs = this.core.nowUs();
    this.variables.set('hangup_cause', cause);
    this.variables.set('hangup_cause_q850', q850Of(cause));
    this.variables.set('sip_hangup_disposition', bySignalling ? 'recv_bye' : 'send_bye');
    if (!bySignalling) this.signalling.hangup(cause);
    this.fire('CHANNEL_HANGUP');
    this.executor.unwind('hangup');
    for (const tap of this.taps) tap.end();
    this.taps.clear();
    this.injections.clear();
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.setState('CS_HANGUP');
    this.setCallState('HANGUP');
    this.setState('CS_REPORTING');
    this.#report();
    this.onDestroy();
    this.fire('CHANNEL_DESTROY');
    this.setState('CS_DESTROY');
    for (const ending of this.endings) ending();
    this.endings.clear();
  }

  /** The 20 ms that the far end says, unless it is muted. */
  heard(): Int16Array | undefined {
    const frame = this.rtp?.heard();
    return this.muted ? undefined : frame;
  }

  /** Says 20 ms to the far end, at whatever rate it comes. */
  say(pcm: Int16Array, sampleRate: number): void {
    const rtp = this.rtp;
    if (!rtp || this.#tones.busy) return;
    let frame = this.#atOwnRate(pcm, sampleRate);
    this.#plain = frame;
    if (this.injections.size > 0) frame = this.#withInjections(frame);
    this.#said = frame;
    rtp.play(frame);
  }

  /** The end of each 20 ms: whispers nobody else carried, then the taps. */
  endTick(): void {
    const tone = this.#tones.next();
    if (tone) this.rtp?.play(tone);
    if (this.injections.size > 0 && !this.#said) this.#sayInjections();
    if (this.taps.size > 0 && this.rtp) {
      const heard = this.heard();
      for (const tap of this.taps) tap.frame(heard, this.#said, this.rtp.sampleRate, this.#plain);
    }
    this.#said = undefined;
    this.#plain = undefined;
  }

  #atOwnRate(pcm: Int16Array, sampleRate: number): Int16Array {
    return this.#rate.change(pcm, sampleRate, this.rtp?.sampleRate ?? 8000);
  }

  #withInjections(frame: Int16Array): Int16Array {
    this.#mixed.set(frame.subarray(0, this.#mixed.length));
    return this.#addInjections() ? this.#mixed : frame;
  }

  #sayInjections(): void {
    this.#mixed.fill(0);
    if (!this.#addInjections()) return;
    this.#said = this.#mixed;
    this.rtp?.play(this.#mixed);
  }

  #addInjections(): boolean {
    const own = this.rtp?.sampleRate ?? 8000;
    let any = false;
    for (const injection of this.injections) {
      const pcm = injection.next(own);
      if (pcm) mixInto(this.#mixed, pcm, own / 50);
      any ||= pcm !== undefined;
    }
    return any;
  }

  /** `uuid_set_media_stats`: RTP's counters as variables. */
  setMediaStats(): void {
    if (this.rtp) setMediaStats(this.variables, this.rtp);
  }

  #report(): void {
    setDurations(this.variables, this.profile);
    this.setMediaStats();
    this.fire('CHANNEL_HANGUP_COMPLETE');
  }
}
