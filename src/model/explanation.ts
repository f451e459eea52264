import type { EpochMs } from '../lib/clock.ts';
import type { AgentId, CallId, OfferId, QueueId } from './ids.ts';

/** Why an agent could not have a call at a moment. An agent may have several; none: they were free for it. */
export type Objection =
  | { readonly code: 'offline'; readonly since: EpochMs }
  | { readonly code: 'notReady'; readonly since: EpochMs; readonly reason: string }
  | { readonly code: 'offered' | 'talking'; readonly since: EpochMs; readonly callId: CallId }
  | { readonly code: 'wrapUp'; readonly since: EpochMs; readonly until: EpochMs }
  /** No phone of the agent was registered. */
  | { readonly code: 'noPhone' }
  /** In the pause after an offer that failed. */
  | { readonly code: 'paused'; readonly until: EpochMs }
  /** This very call failed with the agent a moment ago: others first (rule O5). */
  | { readonly code: 'passedOver'; readonly until: EpochMs }
  /** The month's cap of a casual agent, or the agent's limit of a day, is spent. */
  | { readonly code: 'monthSpent' | 'daySpent'; readonly spent: number; readonly max: number }
  /** Outside a casual agent's own hours; absent: they will not open. */
  | { readonly code: 'outsideHours'; readonly until?: EpochMs }
  /** The queue does not need casual agents. */
  | { readonly code: 'casualNotNeeded' }
  /** The call waits for another agent, the last one or the owner of the account (rule R16). */
  | { readonly code: 'preferred'; readonly agentId: AgentId; readonly until: EpochMs }
  /** No member of the queue, which the call has not been widened from yet (rule R14). */
  | { readonly code: 'group' }
  /** The queue has as many calls ringing and talking as it may have (rule R18). */
  | { readonly code: 'queueFull'; readonly activeMax: number }
  | {
      readonly code: 'skill';
      readonly skill: string;
      /** 0: the agent does not have it at all. */
      readonly held: number;
      readonly needed: number;
    };

export type ObjectionCode = Objection['code'];

export interface Candidate {
  readonly agentId: AgentId;
  readonly name: string;
  /** What the queue's strategy compares, by name: `idleMs`. */
  readonly score: Readonly<Record<string, number>>;
  readonly objections: readonly Objection[];
}

/** Who was looked at for a call: the best first, then those who could not have it. */
export interface Candidates {
  readonly strategy: string;
  /** How many were free for the call, and how many were not. */
  readonly free: number;
  readonly refused: number;
  /** How many had each objection. */
  readonly refusedBy: Readonly<Partial<Record<ObjectionCode, number>>>;
  /** At most as many as the limit of an explanation says. */
  readonly shown: readonly Candidate[];
}

/** What stood in the one order of all calls (rule R1). */
export interface PlaceInOrder {
  readonly callId: CallId;
  readonly queueId: QueueId;
  readonly priority: number;
  readonly queuedAt: EpochMs;
  readonly effectiveStart: EpochMs;
}

/** What the engine was told when it decided: a command's type, `deadline` when time alone did it. */
export interface Cause {
  readonly type: string;
  readonly agentId?: AgentId;
  readonly callId?: CallId;
}

/** One moment at which the engine considered the call, or did something with it. */
export type Decision = {
  readonly at: EpochMs;
  readonly cause: Cause;
} /** Nobody could have it: it waits. */ & (
  | {
      readonly kind: 'waits';
      readonly place: PlaceInOrder;
      /** 1 is the next to be served. */
      readonly position: number;
      readonly candidates: Candidates;
    }
  /** It is offered to the agent, who was the best of the candidates. */
  | {
      readonly kind: 'offered';
      readonly agentId: AgentId;
      readonly offerId: OfferId;
      readonly place: PlaceInOrder;
      readonly candidates: Candidates;
    }
  /** An agent who could have had it got another call, which stood before it. */
  | {
      readonly kind: 'otherFirst';
      readonly agent: Candidate;
      readonly place: PlaceInOrder;
      readonly other: PlaceInOrder;
    }
  /** An agent of the queue was free, and could not have this call. */
  | { readonly kind: 'notFor'; readonly agent: Candidate }
  /** What came of it, as the engine says it: `offer.failed`, `call.connected` … */
  | {
      readonly kind: 'change';
      readonly type: string;
      readonly data: Readonly<Record<string, unknown>>;
    }
);

/** Every decision about a call, in order. */
export interface Explanation {
  readonly callId: CallId;
  readonly decisions: readonly Decision[];
  /** Decisions left out between the first ones and the last. */
  readonly omitted: number;
}
