import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, Skills } from '../model/agent.ts';
import type { DialFailure } from '../model/callback.ts';
import type { AgentId, CallbackId, CallId, OfferId, QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';

/** Why an agent's phone did not take an offer: four different things with four different consequences (D11). */
export type OfferFailure = 'rejected' | 'busy' | 'unreachable' | 'noAnswer';

/**
 * Why nobody could speak although the agent had answered: the agent's leg died before it was joined to the
 * caller's, or the media server refused to join them.
 */
export type ReturnCause = 'agentLost' | 'media';

/** Everything the world can tell the engine. Times and ids are given by who submits. */
export type Command =
  /** The whole configuration: what is not named is gone once its calls are over. Idempotent. */
  | {
      readonly type: 'configure';
      readonly queues: readonly QueueConfig[];
      readonly agents: readonly AgentConfig[];
      /** IANA name, for agents who have no zone of their own; `UTC` if it is not named. */
      readonly zone?: string;
    }
  /** What is different of it from now on: all the rest stays as it is (rule G5). Idempotent. */
  | {
      readonly type: 'reconfigure';
      /** Those that are new, or other than they were. */
      readonly queues: readonly QueueConfig[];
      readonly agents: readonly AgentConfig[];
      readonly goneQueueIds: readonly QueueId[];
      readonly goneAgentIds: readonly AgentId[];
    }
  /** Signed in, and not ready with the reason `signedIn` until the agent says ready. */
  | { readonly type: 'agent.signIn'; readonly agentId: AgentId }
  | { readonly type: 'agent.signOut'; readonly agentId: AgentId }
  | { readonly type: 'agent.ready'; readonly agentId: AgentId }
  /** Takes effect at once, or after the call or wrap-up in progress. */
  | { readonly type: 'agent.notReady'; readonly agentId: AgentId; readonly reason: string }
  | { readonly type: 'agent.wrapUpDone'; readonly agentId: AgentId }
  /** Whether any phone of the agent is registered: offers go only to reachable agents. */
  | { readonly type: 'agent.reachable'; readonly agentId: AgentId; readonly reachable: boolean }
  | {
      readonly type: 'call.enqueue';
      readonly callId: CallId;
      readonly queueId: QueueId;
      /** 0 to 10. */
      readonly priority: number;
      /** Beyond what the queue itself requires. */
      readonly requiredSkills: Skills;
      /** The last agent, or the owner of the account: waited for as long as the queue says (rule R16). */
      readonly preferredAgentId?: AgentId;
      /** When they began to wait, in an earlier queue of this call: they stand as if they had come here then (rule H5). */
      readonly since?: EpochMs;
      /** They were in the house already, and whoever spoke with them is gone: no full line keeps them out (rule C1). */
      readonly returns?: true;
      /** What the same caller is known by when they ring again: their number. Absent: anonymous. */
      readonly callerKey?: string;
    }
  /**
   * The caller hung up, waiting or offered.
   * `byHouse`: a key took the caller elsewhere, an operator took or ended the call, or it failed; then `lineLost`.
   */
  | {
      readonly type: 'call.abandon';
      readonly callId: CallId;
      readonly byHouse?: true;
      readonly lineLost?: true;
      /** When they began to wait, in an earlier queue of this call: so long they have waited for somebody (rule C5). */
      readonly since?: EpochMs;
    }
  /** Of a call that nobody talks to: its place follows (rule R19). */
  | {
      readonly type: 'call.prioritise';
      readonly callId: CallId;
      /** 0 to 10. */
      readonly priority: number;
    }
  /**
   * Somebody, or a machine, picked up outside the house, and is asked whether they take the call: the offer stays open
   * for so long at least (rule O7).
   */
  | { readonly type: 'offer.pickedUp'; readonly offerId: OfferId; readonly askMs: number }
  | { readonly type: 'offer.answered'; readonly offerId: OfferId }
  | { readonly type: 'offer.failed'; readonly offerId: OfferId; readonly cause: OfferFailure }
  /** The agent answered, and no conversation came of it: the caller is still there. */
  | { readonly type: 'call.returned'; readonly callId: CallId; readonly cause: ReturnCause }
  /** Rings one agent for a conversation that is in progress: nobody else is asked, and nothing waits (rule H1). */
  | {
      readonly type: 'call.direct';
      /** Of this agent's part in the conversation: a call of its own. */
      readonly callId: CallId;
      /** The queue whose after-call work and music apply. */
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      readonly ringMs: number;
    }
  /** The agent who talks to the call has put it on hold, or has taken it back (rule H6). */
  | { readonly type: 'call.held'; readonly callId: CallId }
  | { readonly type: 'call.retrieved'; readonly callId: CallId }
  /** A conversation is over, whoever ended it. */
  | { readonly type: 'call.ended'; readonly callId: CallId }
  /** A waiting caller gives up the call and keeps the place, from now on or not before `at` (rule K1). */
  | {
      readonly type: 'callback.request';
      readonly callbackId: CallbackId;
      readonly callId: CallId;
      /** The number to ring, if it is not the one that the caller is known by. */
      readonly callerKey?: string;
      readonly at?: EpochMs;
    }
  /** A call back is agreed upon for a time. */
  | {
      readonly type: 'callback.schedule';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly callerKey: string;
      readonly at: EpochMs;
      readonly priority: number;
      readonly requiredSkills: Skills;
      /** The last agent, or the owner of the account: waited for as long as the queue says (rule R16). */
      readonly preferredAgentId?: AgentId;
    }
  | { readonly type: 'callback.cancel'; readonly callbackId: CallbackId }
  /** The customer who was dialled speaks with the agent. */
  | { readonly type: 'callback.reached'; readonly callbackId: CallbackId }
  | {
      readonly type: 'callback.failed';
      readonly callbackId: CallbackId;
      readonly cause: DialFailure;
      /** The customer's phone has rung: then it was an attempt, whatever the cause (rule K5). */
      readonly rang?: true;
    }
  /** Time has passed: whatever is due happens. */
  | { readonly type: 'tick' };

export type RefusalCode =
  | 'AGENT_UNKNOWN'
  | 'AGENT_STATE'
  | 'QUEUE_UNKNOWN'
  | 'QUEUE_FULL'
  | 'CALL_UNKNOWN'
  | 'CALL_STATE'
  | 'OFFER_UNKNOWN'
  | 'PRIORITY_RANGE'
  | 'SKILL_RANGE'
  | 'CALLER_KEY_RANGE'
  | 'CALLBACK_OFF'
  | 'CALLBACK_EXISTS'
  | 'CALLBACK_UNKNOWN'
  | 'CALLBACK_STATE'
  | 'CALLBACK_FULL'
  | 'CALLBACK_TIME'
  | 'CONFIG_INVALID'
  | 'COMMAND_UNKNOWN';

/** The engine's answer to a command. A refused command changed nothing. */
export type Reply = { readonly ok: true } | Refused;

/** Why not: a code for machines and a sentence for people. */
export interface Refused {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly detail: string;
}
