import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { AgentId, CallId, OfferId } from '../../model/ids.ts';
import type { AgentLeg, CallerLeg } from './index.ts';

/** Either end of a conversation, or somebody who is brought into it. */
export type Leg = CallerLeg | AgentLeg;

/** Who hears whom. Methods never reject: false, a leg is gone. */
export interface Switchboard {
  /** Ends the bridge that the leg is in: both hear nothing until something is played to them. */
  part(leg: Leg): Promise<boolean>;
  /** A third person hears and is heard by `to` and whoever `to` is bridged with, whose bridge goes on as it is. */
  joinThird(third: Leg, to: Leg): Promise<boolean>;
  /** The third person hears nobody any more; the two go on. */
  leaveThird(third: Leg): Promise<boolean>;
}

/** A call of a phone (RFC 4235 section 3.7.1): it rings, or somebody speaks. */
export interface PhoneLine {
  readonly state: 'early' | 'confirmed';
  /** Who called: the phone, or somebody it. */
  readonly direction: 'initiator' | 'recipient';
}

/** What the phones of the house are in the midst of; for lamps on other phones. */
export interface PhoneLines {
  of(extension: string): readonly PhoneLine[];
  /** One listener, told after each change. */
  onChange(listener: (extension: string) => void): void;
}

/** A dialog as another party names it (RFC 3891 section 3): the tags as the recipient, that is we, see them. */
export interface ReplacedDialog {
  readonly sipCallId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** What a phone's REFER asks for (RFC 3515). */
export interface Referral {
  /** The user part of Refer-To; what follows is decoded. */
  readonly user: string;
  readonly host: string;
  /** The other call of the phone that is to be joined with this one (attended transfer, RFC 5589 section 7). */
  readonly replaces?: ReplacedDialog;
  /**
   * Tells the phone by NOTIFY how its transfer goes, as the SIP status that an INVITE of its own would have got: one
   * below 200 more may follow, any other is the last. The phone may be gone: then nothing happens.
   */
  notify(status: number): void;
}

/** What phones of the house do in the midst of a call. */
export interface PhonesListener {
  /** By re-INVITE: the far end listens no more, or does again (RFC 3264 section 8.4). */
  held(leg: Leg, on: boolean): void;
  /** The SIP status that answers the REFER: 202, and `notify` tells the rest. */
  referred(leg: Leg, referral: Referral): number;
  /** A key, pressed by an agent who has answered the offer, or who has called us. */
  keyed(leg: Leg, key: string, offerId?: OfferId): void;
}

/** The PINs by which agents prove who they are at phones (served by store). Methods reject when the database is away. */
export interface AgentPins {
  has(id: AgentId): Promise<boolean>;
  /** False for a wrong one, and where there is none. */
  verify(id: AgentId, pin: string): Promise<boolean>;
}

/** What agents do by phone, done by their programs. The refusal says why not; then nothing has changed. */
export interface AgentDesk {
  /** Signs the agent in at the phone of that extension, whoever's it is; absent: at their own. */
  signIn(id: AgentId, phone?: string): Refusal | undefined;
  /** What became of the agent's conversation, the present one or the last. */
  dispose(id: AgentId, disposition: string): Refusal | undefined;
}

/** Where a conversation may go, as an operator names it. */
export type TransferTo =
  | { readonly agent: string }
  | { readonly queue: string }
  /** At that node of it; absent: from its beginning. */
  | { readonly flow: string; readonly node?: string }
  | { readonly number: string }
  | { readonly sip: string };

/** A call that waits in a place for whoever comes for it. */
export interface ParkedCall {
  readonly callId: CallId;
  readonly slot: string;
  /** Who parked it, and gets it back at `until`. */
  readonly agentId: AgentId;
  readonly since: EpochMs;
  readonly until: EpochMs;
}

/** What can be done with conversations in progress, and with calls that wait for one. The refusal says why not; then nothing has changed. */
export interface TalkControl {
  /** The customer hears music, and the agent nothing, until `retrieve`. */
  hold(id: CallId): Refusal | undefined;
  retrieve(id: CallId): Refusal | undefined;
  /**
   * The agent, or the line, lets go at once; the customer hears music until somebody answers, and comes back if nobody
   * does.
   */
  transfer(id: CallId, to: TransferTo): Refusal | undefined;
  /** Of a call that waits, 0 to 10: its place follows. */
  prioritise(id: CallId, priority: number): Refusal | undefined;
  /** The agent speaks with somebody while the customer hears music. */
  consult(id: CallId, to: TransferTo): Refusal | undefined;
  /** The consulted one has the customer, and the agent leaves. */
  complete(id: CallId): Refusal | undefined;
  /** The consulted one, or whoever is rung, is let go; the agent has the customer again. */
  cancel(id: CallId): Refusal | undefined;
  /** All three hear each other: the consulted one, or somebody who is rung now. */
  conference(id: CallId, to?: TransferTo): Refusal | undefined;
  /** The agent leaves a conference, and the others go on. */
  leave(id: CallId): Refusal | undefined;
  /** The place in which the call waits now. */
  park(id: CallId, slot?: string): Result<string, Refusal>;
  parked(): readonly ParkedCall[];
  /** Rings the agent, who has the call when they answer. */
  pickUp(slot: string, agentId: AgentId): Refusal | undefined;
}
