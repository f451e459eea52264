import type { EpochMs } from '../lib/clock.ts';
import type { AgentState, Intention } from '../model/agent.ts';
import type { CallbackOutcome, DialFailure } from '../model/callback.ts';
import type { AgentId, CallbackId, CallId, OfferId, QueueId } from '../model/ids.ts';
import type { OfferFailure, ReturnCause } from './commands.ts';
import type { Ewt } from './tellings.ts';

/** How a call left a queue without an agent. */
export type LeaveOutcome =
  | 'abandoned'
  | 'shortAbandon'
  | 'queueTimeout'
  | 'overflow'
  | 'callback'
  | 'failed';

/** What came of a command, in the order in which it happened. The shell turns some of them into deeds. */
export type Change =
  | {
      readonly type: 'agent.changed';
      readonly agentId: AgentId;
      readonly from: AgentState;
      readonly to: AgentState;
    }
  /** What the agent will be after the call or after-call work in hand; absent: ready. */
  | {
      readonly type: 'agent.intends';
      readonly agentId: AgentId;
      readonly intention?: Intention;
    }
  /** A limited agent's account: a call counted or not any more, a new month, or their hours. */
  | {
      readonly type: 'ledger.changed';
      readonly agentId: AgentId;
      readonly why: 'spent' | 'givenBack' | 'month' | 'hours';
      /** `2026-11`, with the calls spent in it. */
      readonly month: string;
      readonly spent: number;
      /** Whether the agent's own hours are open. */
      readonly isOpen: boolean;
      readonly callId?: CallId;
    }
  /** Casual agents may help in the queue from now on, or not any more, because of these figures. */
  | {
      readonly type: 'queue.casual';
      readonly queueId: QueueId;
      readonly open: boolean;
      /** Absent: nobody but casual agents is at work. */
      readonly ewtMs?: number;
      /** Absent: too few callers to say. */
      readonly serviceLevel?: number;
    }
  /** Position 1 is the next to be served. */
  | {
      readonly type: 'call.queued';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly position: number;
      /** The caller has the place again that they had left by hanging up (rule C8). */
      readonly regained?: true;
    }
  /** It has another priority, and stands where that puts it (rule R19). */
  | {
      readonly type: 'call.prioritised';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly priority: number;
      /** Absent: a phone rings for it. */
      readonly position?: number;
    }
  /** One agent will be rung for a conversation in progress: `offer.made` follows. */
  | {
      readonly type: 'call.directed';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
    }
  /** The agent has put the call on hold. */
  | {
      readonly type: 'call.held';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
    }
  | {
      readonly type: 'call.retrieved';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      /** How long it was on hold this time. */
      readonly heldMs: number;
    }
  /** Ring the agent now; the engine withdraws the offer at `expiresAt`. */
  | {
      readonly type: 'offer.made';
      readonly offerId: OfferId;
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      readonly expiresAt: EpochMs;
    }
  /** It does not ring any more, and is not accepted yet: the engine withdraws it at `expiresAt` now. */
  | {
      readonly type: 'offer.pickedUp';
      readonly offerId: OfferId;
      readonly callId: CallId;
      readonly agentId: AgentId;
      readonly expiresAt: EpochMs;
    }
  /** Stop ringing the agent now. */
  | {
      readonly type: 'offer.withdrawn';
      readonly offerId: OfferId;
      readonly callId: CallId;
      readonly agentId: AgentId;
      readonly why: 'callerLeft' | 'byHouse' | 'noAnswer' | 'agentLeft' | 'answeredElsewhere';
    }
  /** The agent's phone refused; the call has its old place again. */
  | {
      readonly type: 'offer.failed';
      readonly offerId: OfferId;
      readonly callId: CallId;
      readonly agentId: AgentId;
      readonly cause: OfferFailure;
    }
  | {
      readonly type: 'call.connected';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      readonly offerId: OfferId;
      readonly waitMs: number;
      /** A colleague's call: nobody has waited in the queue for it (rule H1). */
      readonly directed?: true;
    }
  /** Waits again in the old place: what the last `call.connected` said of the wait counts no more. */
  | {
      readonly type: 'call.returned';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      readonly cause: ReturnCause;
    }
  /** Waits in another queue, in the place that it had in the one order (rule V1). */
  | {
      readonly type: 'call.overflowed';
      readonly callId: CallId;
      readonly fromQueueId: QueueId;
      readonly queueId: QueueId;
      /** The condition that held. */
      readonly when: string;
      readonly position: number;
    }
  /** Left the queue without an agent. `failed`: too many bridges did. */
  | {
      readonly type: 'call.left';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly outcome: LeaveOutcome;
      /** It was not the caller who hung up. */
      readonly byHouse?: true;
      /** With the outcome `overflow`: the condition that held, and the exit at which the flow goes on. */
      readonly overflow?: { readonly when: string; readonly exit: string };
      readonly waitMs: number;
      /** It stood in no line: the colleague who was rung did not come (rule H1). */
      readonly directed?: true;
    }
  | {
      readonly type: 'call.ended';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      /** From the answer to the end, hold included. */
      readonly talkMs: number;
      /** How much of it the call was on hold. */
      readonly holdMs: number;
    }
  /** A customer will be rung back, not before that time. */
  | {
      readonly type: 'callback.made';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly notBefore: EpochMs;
    }
  /** It stands in the line now; it is offered by `offer.made` with its id in the place of the call's. */
  | {
      readonly type: 'callback.queued';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly position: number;
      readonly attempt: number;
    }
  /** The customer is on the line themselves: nothing stands there for them as long as that call lasts (rule K7). */
  | {
      readonly type: 'callback.paused';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly callId: CallId;
    }
  /** That call has gone unanswered: the promise stands, for that time or at once. */
  | {
      readonly type: 'callback.resumed';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly notBefore: EpochMs;
    }
  /** The agent of the offer accepted: ring the customer now, until then. The answer is `reached` or `failed`. */
  | {
      readonly type: 'callback.dial';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      readonly offerId: OfferId;
      /** The number to ring. */
      readonly callerKey: string;
      readonly attempt: number;
      readonly until: EpochMs;
    }
  /** Stop ringing the customer, and let the agent go. */
  | {
      readonly type: 'callback.attemptFailed';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly agentId: AgentId;
      readonly cause: DialFailure;
      readonly attempt: number;
      /** False: our own side could not, the customer's phone did not ring, and it is none of `callbackAttemptsMax`. */
      readonly counted: boolean;
    }
  /** Over. `reached`: the conversation goes on as a call with its id, and ends with `call.ended`. */
  | {
      readonly type: 'callback.ended';
      readonly callbackId: CallbackId;
      readonly queueId: QueueId;
      readonly outcome: CallbackOutcome;
      readonly attempts: number;
      /** The customer's own call, if it was merged. */
      readonly callId?: CallId;
    }
  /** Tell the caller where they stand. Never sent while the call is being offered. */
  | {
      readonly type: 'announcement.due';
      readonly callId: CallId;
      readonly queueId: QueueId;
      readonly position: number;
      /** Whether the queue wants the position said. */
      readonly saysPosition: boolean;
      /** How long it may still take; absent: nothing that can be stood behind, or the queue does not want it said. */
      readonly ewt?: Ewt;
      readonly waitMs: number;
    };
