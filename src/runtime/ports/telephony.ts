import type { LegIdentity } from '../../model/call.ts';
import type { DialFailure } from '../../model/callback.ts';
import type { AgentId, CallId, OfferId, TrunkId } from '../../model/ids.ts';
import type { AudioSink, LiveAudio } from './hearing.ts';
import type { Recorded, RecordOptions, Tape, TapeOptions } from './recordings.ts';

export type { Recorded, RecordOptions };

/** Why a leg could not be had, or ended. */
export type LegFailure = 'rejected' | 'busy' | 'unreachable' | 'noAnswer' | 'cancelled' | 'media';

/** A caller's leg, answered and parked on a media server. Methods never throw: a dead leg answers nothing. */
export interface CallerLeg {
  readonly callId: CallId;
  readonly identity: LegIdentity;
  /** Plays the files one after the other; resolves when they are over or were stopped. */
  play(files: readonly string[]): Promise<'played' | 'stopped'>;
  /** Plays the file again and again until stopped. What is played meanwhile is heard instead, and then it goes on. */
  playEndlessly(file: string): void;
  stopPlaying(): void;
  /**
   * Writes what the caller says to a WAV file at an absolute path, until a key (which is told to nobody else),
   * silence, the limit, `stopRecording` or the caller's end. The file appears whole under its name, or not at all.
   * One recording at a time: a second one stops the first.
   */
  record(file: string, options: RecordOptions): Promise<Recorded>;
  stopRecording(): void;
  /** Writes what both sides say to a WAV file, whatever the leg does meanwhile. Several at a time do not meet. */
  tape(file: string, options: TapeOptions): Tape;
  /** Between on and off, what is recorded of the leg is silence: a key in the audio is heard like any other sound. */
  secret(on: boolean): void;
  /** Gives what the caller says, live, at that rate. Nothing is given before the call returns. */
  hear(sampleRate: number, sink: AudioSink): LiveAudio;
  hangup(): void;
}

/** An agent's leg. What it plays is heard by the agent alone, as for {@link CallerLeg}. */
export interface AgentLeg {
  readonly agentId: AgentId;
  readonly identity: LegIdentity;
  play(files: readonly string[]): Promise<'played' | 'stopped'>;
  playEndlessly(file: string): void;
  stopPlaying(): void;
  hangup(): void;
}

export interface InboundCall {
  readonly callId: CallId;
  readonly sipCallId: string;
  /** The user part of the request URI. */
  readonly dnis: string;
  /** As the trunk sent it; absent when the caller withholds it (RFC 3323). */
  readonly ani?: string;
  readonly displayName?: string;
  /** The trunk that it came by. */
  readonly trunkId?: TrunkId;
  /** Set when an authenticated phone of ours calls: its extension. */
  readonly fromExtension?: string;
}

/**
 * How a caller's leg has ended: `hungup` and `cancelled` by the caller · `lost`: nobody has hung up, and its phone is no
 * more · `media`: nor has anybody, and its channel is no more.
 */
export type CallerEnd = 'hungup' | 'cancelled' | 'lost' | 'media';

/** What telephony tells the runtime. */
export interface TelephonyListener {
  /**
   * A new call. The runtime says whether it will have it; it is then answered and parked.
   * A refusal is the SIP status to send.
   */
  arrived(
    call: InboundCall,
  ): { readonly accept: true } | { readonly accept: false; readonly status: number };
  /**
   * A call that was accepted is being answered, and is sure to be understood: what needs no voice may begin. The leg
   * has a media server, so that others can be brought there; it neither says nor hears anything before `answered`.
   */
  answering(leg: CallerLeg): void;
  answered(leg: CallerLeg): void;
  digit(callId: CallId, digit: string): void;
  /** More keys come than a person can press, and are dropped; told once a call. */
  keysFlooded(callId: CallId): void;
  /** The caller's leg is over, before or after it was answered. */
  callerGone(callId: CallId, why: CallerEnd): void;
  agentAnswered(offerId: OfferId, leg: AgentLeg): void;
  agentFailed(offerId: OfferId, cause: LegFailure): void;
  /** After having answered the agent hung up; or (`died`) nobody did, and their phone or its channel is no more. */
  agentGone(offerId: OfferId, died?: boolean): void;
}

/** How an agent's phone is made to ring. */
export interface RingRequest {
  readonly offerId: OfferId;
  readonly callId: CallId;
  /** Nobody's leg is there yet: the agent is rung first, and the customer afterwards. */
  readonly alone?: true;
  readonly agentId: AgentId;
  readonly extension: string;
  /** Shown on the phone: who is calling and why (P3). */
  readonly displayName: string;
  readonly callerNumber: string;
  /** {@link DialRequest.calledNumber} */
  readonly calledNumber: string;
  /** Sent as `X-Centralita-…` headers: queue, intent, status, call id. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What we may call: through the trunk, or a phone that is registered with us. */
export type Destination =
  /** E.164. */
  | { readonly kind: 'number'; readonly number: string }
  /** `sip:user@host`, sent to the trunk, which finds the way. */
  | { readonly kind: 'sip'; readonly uri: string }
  | { readonly kind: 'extension'; readonly extension: string };

/** A call that we place. Whether it may be placed is the runtime's affair (`outbound.ts`). */
export interface DialRequest {
  /** What the leg is known by. */
  readonly callId: CallId;
  readonly to: Destination;
  /** Whom it will speak with: both must be on one media server. */
  readonly near?: CallerLeg | AgentLeg;
  /** Who calls: on the display of a phone of the house; a trunk shows the number only where its rules let it. */
  readonly displayName?: string;
  readonly callerNumber?: string;
  /** The number of ours that the customer had called: a trunk may show it instead of its own. */
  readonly calledNumber?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Rings no longer than this; then `noAnswer`. */
  readonly ringMsMax: number;
}

/** What becomes of it: `answered` and then `gone`, or `failed`; after `hangup` nothing. */
export interface DialEvents {
  ringing(): void;
  answered(leg: CallerLeg): void;
  failed(cause: DialFailure): void;
  /** Hung up; or (`died`) nobody did, and their phone or its channel is no more. */
  gone(died?: boolean): void;
  digit(digit: string): void;
  /** Nothing is left of it, whoever ended it; after `hangup` too. */
  over?(): void;
}

export interface Dialling {
  /** The Call-ID of the INVITE. */
  readonly sipCallId: string;
  /** CANCEL or BYE, at once. No event follows. Idempotent. */
  hangup(): void;
}

export interface Telephony {
  /** Calls somebody. Never throws; what cannot be done is told by `failed`, later. */
  dial(request: DialRequest, events: DialEvents): Dialling;
  /** Rings every binding of the agent; ends in exactly one `agentAnswered` or `agentFailed`. */
  ring(request: RingRequest): void;
  /** Stops a ringing leg, or hangs up one that has just answered. Idempotent. */
  cancelRing(offerId: OfferId): void;
  /** Lets the two hear each other. False: one of the legs is gone. */
  bridge(one: CallerLeg | AgentLeg, other: CallerLeg | AgentLeg): Promise<boolean>;
}

/** What telephony really has (served by telephony). */
export interface LegTruth {
  /** Undefined: it is no leg of telephony's own. */
  isAlive(leg: CallerLeg | AgentLeg): boolean | undefined;
  /** Callers' legs that there are. */
  callerLegs(): readonly CallId[];
  hangupLeg(callId: CallId): void;
}
