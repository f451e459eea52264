import type { EpochMs } from '../lib/clock.ts';
import type { CallerStatus, Language } from './contact.ts';
import type {
  AgentId,
  CalendarId,
  CallbackId,
  CallId,
  ContactId,
  LegId,
  QueueId,
  RecordingId,
} from './ids.ts';

/** An earlier call of the same person: what an agent wants to know before saying hello. */
export interface PastCall {
  readonly at: EpochMs;
  readonly intent?: string;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
  readonly outcome: CallOutcome;
}

/** Everything learnt about a call: it travels with the caller. */
export interface CallContext {
  /** The calling number, E.164 where it could be read as one; absent for an anonymous caller. */
  readonly ani?: string;
  readonly dnis: string;
  /** Of the number that was called, ISO 3166-1 alpha-2: numbers of other countries are told with their code. */
  readonly country?: string;
  /** The opening hours of the number that was called. */
  readonly calendarId?: CalendarId;
  readonly status: CallerStatus;
  readonly language: Language;
  /** By the caller, or by the flow for them: whoever they turn out to be, it stays. */
  readonly languageChosen?: true;
  readonly contactId?: ContactId;
  readonly name?: string;
  readonly lastAgentId?: AgentId;
  /** Their last calls, the newest first. */
  readonly recentCalls?: readonly PastCall[];
  /** What the caller wants, in the company's own words: `ventas`, `factura`. */
  readonly intent?: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Where a call in progress is. */
export const CALL_STAGES = [
  'arriving',
  'flow',
  'queued',
  'offered',
  'talking',
  'parked',
  'ended',
] as const;
export type CallStage = (typeof CALL_STAGES)[number];

/** How a call ended: exactly one of these, for every call. */
export const CALL_OUTCOMES = [
  'answered',
  'abandoned',
  'shortAbandon',
  'leftInFlow',
  'flowEnded',
  'queueTimeout',
  'queueFull',
  'overflow',
  'callback',
  'refused',
  'notReached',
  'transferred',
  'voicemail',
  'hungUp',
  'failed',
  'lost',
] as const;
/**
 * `answered`: spoke to an agent · `abandoned`, `shortAbandon`: left while queued, before or after the queue's
 * limit for short abandons · `callback`: asked to be rung back · `overflow`: sent on by a rule of the queue, and not served elsewhere · `leftInFlow`: hung up in the flow · `flowEnded`: the flow hung up · `refused`: a
 * blocked caller or an unknown number · `notReached`: we rang a customer back, and this attempt came to nothing ·
 * `transferred`: the flow connected them with somebody who is no agent of a queue · `voicemail`: left a message · `hungUp`: an
 * operator hung up before anybody had answered · `failed`: media or signalling gave way · `lost`: the application died during the call.
 */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** What an agent had of a call. Milliseconds from their answer to their end, and how much of it was hold. */
export interface AgentShare {
  readonly agentId: AgentId;
  readonly talkMs: number;
  readonly holdMs: number;
}

/** One call's record, written once, when everything about it is over. Times in epoch milliseconds. */
export interface Cdr {
  readonly callId: CallId;
  readonly sipCallId: string;
  readonly dnis: string;
  readonly ani?: string;
  readonly status: CallerStatus;
  readonly contactId?: ContactId;
  readonly callerName?: string;
  readonly intent?: string;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
  readonly arrivedAt: EpochMs;
  readonly queuedAt?: EpochMs;
  readonly connectedAt?: EpochMs;
  readonly endedAt: EpochMs;
  /** Milliseconds in queue, talking. */
  readonly waitMs: number;
  readonly talkMs: number;
  /** How much of it the caller was on hold, all agents together. */
  readonly holdMs?: number;
  /** Every agent who took part, in the order in which they left: each one's time is theirs. Absent: nobody. */
  readonly agents?: readonly AgentShare[];
  readonly outcome: CallOutcome;
  /** Who ended it. */
  readonly endedBy: 'caller' | 'agent' | 'operator' | 'system';
  readonly variables: Readonly<Record<string, string>>;
  /** Absent: the customer rang us. Outbound, `ani` is the number that was dialled. */
  readonly direction?: 'outbound';
  /** The call back that was asked for in this call, or that this call is an attempt of. */
  readonly callbackId?: CallbackId;
  /** Of a call back: the call in which it was asked for. */
  readonly originalCallId?: CallId;
  /** Whom the flow connected the caller with: an extension, a number, a SIP address. */
  readonly transferredTo?: string;
  /** What the caller answered when asked how it was: 1 to 5, by the question's name. */
  readonly survey?: Readonly<Record<string, number>>;
  /** What agents said became of it, by agent; only in a record that is read by itself. */
  readonly dispositions?: Readonly<Record<string, string>>;
  /** Recordings of the conversation that were begun. */
  readonly recordingIds?: readonly RecordingId[];
  /** The caller did not want to be recorded, and was not. */
  readonly recordingRefused?: true;
}

/** One step of a call's history, numbered from 1 in the order in which it happened. */
export interface CallEvent {
  readonly callId: CallId;
  readonly seq: number;
  readonly at: EpochMs;
  /** `call.arrived`, `flow.node`, `caller.identified`, `call.queued`, `offer.made` … */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What identifies a leg to every system that has a part in it: enough to take it over later. */
export interface LegIdentity {
  readonly legId: LegId;
  readonly sipCallId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly localUri: string;
  readonly remoteUri: string;
  readonly localSdp: string;
  readonly remoteSdp: string;
  readonly mediaServer: string;
}
