import type { EpochMs } from '../lib/clock.ts';
import type { WeeklyHours } from '../lib/hours.ts';
import type { AgentDevice, ArrivalTerms, PresenceSource } from './arrival.ts';
import type { Language } from './contact.ts';
import type { AgentId, CallId, OfferId, QueueId } from './ids.ts';

/** Skill name to level, 1 (beginner) to 10 (expert). */
export type Skills = Readonly<Record<string, number>>;

/** Who answers. The extension is also the SIP user name of the agent's phone. */
export interface AgentConfig {
  readonly id: AgentId;
  readonly name: string;
  readonly extension: string;
  readonly skills: Skills;
  readonly queueIds: readonly QueueId[];
  /** Whose supervisors see them, and whom they are counted with. */
  readonly team?: string;
  /** Groups to which the calls of a queue may be widened (D3). */
  readonly groupIds?: readonly string[];
  /** Their place in queues that ask from the top down (D1): 1 comes first. Who has none comes after all who have. */
  readonly queueRanks?: Readonly<Record<string, number>>;
  /** IANA name: where their months, days and hours are counted. Absent: the house's. */
  readonly zone?: string;
  /** Where they are reached outside the house. Absent: at the phones that register with the extension. */
  readonly device?: AgentDevice;
  /** What they are spoken to in. Absent: the language of most of the company's numbers. */
  readonly language?: Language;
  readonly arrival?: ArrivalTerms;
  /** Who can say whether they can be reached. Absent: nobody but a webhook. */
  readonly presence?: PresenceSource;
  /** Present: no agent by trade, but somebody who helps a few times a month (D6). */
  readonly casual?: CasualTerms;
  /** No more answered calls than this a local day. Absent: no limit. */
  readonly dailyCallsMax?: number;
  /** Who has been not ready for longer is signed out: they have gone home. Absent: as long as they like. */
  readonly notReadyMsMax?: number;
  /** Who has had no phone for longer is signed out. Absent: {@link UNREACHABLE_SIGN_OUT_MS}. */
  readonly unreachableSignOutMs?: number;
}

export const QUEUE_RANK_MAX = 10_000;

/** What a casual agent lets themselves in for. */
export interface CasualTerms {
  /** Calls a month, in the agent's zone: reserved when the phone rings, spent when it is answered. */
  readonly monthlyCap: number;
  /** No offers outside them. Absent: at any time. */
  readonly hours?: WeeklyHours;
  /** A phone without a screen: signed in and ready by itself whenever it is registered and within hours. */
  readonly alwaysOn?: boolean;
}

/** The product's default (product.md, Defaults). */
export const MONTHLY_CAP_DEFAULT = 30;
export const MONTHLY_CAP_MAX = 1_000;

/** Nobody stays signed in without a phone for longer than this, unless their configuration says otherwise. */
export const UNREACHABLE_SIGN_OUT_MS = 900_000;

/** Why somebody was signed out who did not say so. */
export type OfflineReason = 'noPhone' | 'notReadyTooLong' | 'hours';

/**
 * What an agent is doing (D11). Every state has a deadline or an owner: `offered` ends at the offer's deadline,
 * `talking` with the call, `wrapUp` at its deadline; `ready` belongs to the agent for as long as they have a phone,
 * and `notReady` too, until `until` if it has one.
 */
export type AgentState =
  | { readonly kind: 'offline'; readonly since: EpochMs; readonly reason?: OfflineReason }
  | { readonly kind: 'ready'; readonly since: EpochMs }
  | {
      readonly kind: 'notReady';
      readonly since: EpochMs;
      readonly reason: string;
      /** Then the agent is signed out; who is always on is ready again. */
      readonly until?: EpochMs;
    }
  | {
      readonly kind: 'offered';
      readonly since: EpochMs;
      readonly offerId: OfferId;
      readonly callId: CallId;
    }
  | { readonly kind: 'talking'; readonly since: EpochMs; readonly callId: CallId }
  | {
      readonly kind: 'wrapUp';
      readonly since: EpochMs;
      readonly until: EpochMs;
      readonly callId: CallId;
    };

/** What an agent asked for during a call or after-call work, and gets when it is over. */
export type Intention =
  | { readonly kind: 'offline' }
  | { readonly kind: 'notReady'; readonly reason: string };

/** Offers that failed since the sign-in, each kind for itself: four different things (rules F1 to F4). */
export interface OfferFailures {
  readonly noAnswer: number;
  readonly rejected: number;
  readonly busy: number;
  readonly unreachable: number;
}

export type AgentStateKind = AgentState['kind'];

/** One change of an agent's state, as it is kept: what they went over to, and when. */
export interface AgentStateRecord {
  readonly agentId: AgentId;
  readonly at: EpochMs;
  /** Counts the changes of one process: two of one millisecond have an order. */
  readonly seq: number;
  readonly kind: AgentStateKind;
  /** Of `notReady`. */
  readonly reason?: string;
  /** Of `offered`, `talking` and `wrapUp`. */
  readonly callId?: CallId;
}
