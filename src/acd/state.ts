import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, AgentState, Intention, OfferFailures, Skills } from '../model/agent.ts';
import type { CallbackOutcome } from '../model/callback.ts';
import type { AgentId, CallbackId, CallId, OfferId, QueueId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { CallTable } from './call-table.ts';
import type { CallsByCaller } from './calls-by-caller.ts';
import type { Change } from './changes.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import type { LaneHeap } from './lane-heap.ts';
import type { Ledger } from './ledger-state.ts';
import type { Demand, SkillTable } from './skill-table.ts';
import type { SortedList } from './sorted-list.ts';
import type { Spares } from './spares.ts';
import type { QueueStatistics } from './statistics.ts';
import type { Told } from './tellings.ts';

/** What keeps the agent busy, from the offer to the end of after-call work. */
export interface Handling {
  readonly queue: Queue;
  readonly since: EpochMs;
}

/** A call that failed with the agent, who is passed over for it until then. */
export interface PassedOver {
  readonly callId: CallId;
  readonly until: EpochMs;
}

export interface Agent extends Timed {
  readonly kind: 'agent';
  readonly id: AgentId;
  config: AgentConfig;
  /** Set by `moveAgent` alone. */
  state: AgentState;
  reachable: boolean;
  /** No longer configured: gone once the interaction in progress is over. */
  removed: boolean;
  intention: Intention | undefined;
  /** The end of the last interaction, across all queues; at first, the sign-in. */
  idleSince: EpochMs;
  /** No offer before this, after one that failed. */
  pausedUntil: EpochMs;
  /** Offers in a row that rang out. */
  misses: number;
  /** Calls answered, and time talked, since the sign-in: for the strategies that share them out. */
  callsTaken: number;
  talkedMs: number;
  /** Offers that failed since the sign-in. */
  failures: OfferFailures;
  /** Since when there has been no phone; of a new session, its beginning. Means nothing while there is one. */
  phoneLostAt: EpochMs;
  /** Whoever is always on and signed out stays out until their hours open again (rule A9). */
  signedOutByHand: boolean;
  passedOver: readonly PassedOver[];
  /** Set while talking and in after-call work. */
  handling: Handling | undefined;
  /** Queues that are closing and that the agent served when they were removed. */
  lingersIn: readonly QueueId[];
  // ---- Index, rebuilt from the above ----
  /** Where their levels begin in the floor's table of skills: set by it alone. */
  row: number;
  groups: ReadonlySet<string>;
  memberOf: readonly Queue[];
  /** The queues that may ever offer the agent calls: their own, and those that widen to a group of theirs. */
  queues: readonly Queue[];
  /** Those of `queues` that may do so at this moment: set by `refreshAgent` alone. */
  freeIn: readonly Queue[];
  /** The queues in whose idle list the agent stands: between commands, those that they are free in. */
  listedIn: readonly Queue[];
  /** Calls that wait for this agent and nobody else, by queue. */
  ownLanes: readonly Lane[];
  /** The queues among `memberOf` whose own skills the agent holds. */
  serves: readonly Queue[];
  /** The queues in whose staff the agent stands: set by `refreshStaffing` alone. */
  staffs: readonly Queue[];
  /** Of agents with limits. */
  ledger: Ledger | undefined;
  /** A casual agent who would help if they were needed: set by `refreshStaffing` alone. */
  inReserve: boolean;
  /** How they count in the figures of their queues, 0 or 1: set by `countAgent` alone. */
  countedSignedIn: number;
  countedReady: number;
  /** Whether the routing to come has them in hand. */
  fresh: boolean;
}

/** An offer that is open: a phone that rings for a call. */
export interface Offer {
  /** The call's id, `#`, and a number that is never given twice (rule O2). */
  readonly id: OfferId;
  readonly call: Call;
  readonly agent: Agent;
  readonly expiresAt: EpochMs;
  /** Somebody picked up, and is asked (rule O7). */
  readonly pickedUp?: true;
}

/**
 * A call's stages. It is removed when it leaves the queue or when the conversation ends.
 *
 *                  direct ──────────────▶ offered, and gone if that comes to nothing
 *     enqueue ──▶ waiting ──offer.made──▶ offered ──answered──▶ talking ──call.ended──▶ (gone)
 *                  │   ▲                   │   │
 *                  │   ├──failed, expired──┘   └──abandoned──▶ (gone)
 *                  │   └──call.returned────────────────────── talking
 *                  └──abandoned, waitMsMax──▶ (gone)
 */
export type CallStage =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'offered';
      /** When the first phone began to ring. */
      readonly since: EpochMs;
      /** At least one. */
      readonly rings: readonly Offer[];
    }
  | Talking;

export interface Talking {
  readonly kind: 'talking';
  readonly agent: Agent;
  readonly since: EpochMs;
  /** On hold since then; absent: they talk. */
  readonly heldSince?: EpochMs;
  /** Holds that are over. */
  readonly heldMs: number;
}

export interface Call extends Timed {
  readonly kind: 'call';
  readonly id: CallId;
  queue: Queue;
  /** The call back in whose stead it stands in the line: nobody listens. */
  ticket: Ticket | undefined;
  /** One agent's part in a conversation that others have, too: it never waits (rule H1). */
  readonly directed: boolean;
  /** The queues that it was in before, by overflow. */
  visited: readonly QueueId[];
  priority: number;
  readonly requiredSkills: Skills;
  readonly preferredAgentId: AgentId | undefined;
  /** Until then the call waits for that agent; 0: not, or not any more. */
  preferredUntil: EpochMs;
  /** Who is calling, as the same caller is known by again; absent for an anonymous one. */
  readonly callerKey: string | undefined;
  /** Stands in a place that an earlier call had left (rule C8). */
  readonly regained: boolean;
  /** Whoever spoke with them has let go: they have rung before, and for something else (rule K7). */
  readonly handedBack: boolean;
  readonly queuedAt: EpochMs;
  /** The one order of all calls: the smaller is served first (rule R1). */
  effectiveStart: EpochMs;
  /** When it joined the queue that it is in. */
  joinedAt: EpochMs;
  /** When the rules of overflow look at it again: as at one that joins, if it is earlier than `joinedAt`. */
  overflowAt: EpochMs;
  waitUntil: EpochMs;
  announceAt: EpochMs;
  /** What the caller was told of the wait. */
  told: Told | undefined;
  /** How often an agent had answered and nobody could speak. */
  bridgesFailed: number;
  /** The customer was rung back: that conversation counts in no service level. */
  rungBack: boolean;
  stage: CallStage;
  // ---- Index ----
  /** The number of its id: set by the table of calls alone. */
  print: number;
  /** Another call of the same caller: set by `CallsByCaller` alone. */
  sibling: Call | undefined;
  /** Where the call waits, or will again if it comes back from an offer. */
  lane: Lane;
  /** Whether the routing to come has it in hand. */
  fresh: boolean;
}

/** The waiting calls of a queue that ask for the same: whoever may have one of them may have all. */
export interface Lane {
  readonly queue: Queue;
  readonly key: string | number;
  /** What these calls ask for beyond their queue. */
  readonly requiredSkills: Skills;
  /** How many steps of relaxation they have come to; -1: they wait for one agent. */
  readonly steps: number;
  /** It is found under its key: calls of its kind go on coming here. */
  isKept: boolean;
  /** What queue and calls ask for together. */
  readonly demands: readonly Demand[];
  /** The same if it is one skill at most; {@link SEVERAL}: it is more. */
  readonly demand: Demand;
  /** Groups whose agents may have these calls besides the members of the queue. */
  readonly groups: readonly string[];
  /** The lane of those who wait for one agent: it stands in no heap. */
  readonly only: Agent | undefined;
  readonly waiting: SortedList<Call>;
  /** The first of `waiting`. */
  head: Call | undefined;
  /** Where it stands in its queue's `busyLanes`, while somebody waits in it. */
  place: number;
}

/** Where a caller stood who hung up: kept for when they ring again (rule C8). */
export interface Place extends Timed {
  readonly kind: 'place';
  readonly queueId: QueueId;
  readonly callerKey: string;
  readonly effectiveStart: EpochMs;
  readonly until: EpochMs;
}

/** A promise to ring a customer back. What it is doing follows from the call in its stead (`tickets.ts`). */
export interface Ticket extends Timed {
  readonly kind: 'ticket';
  readonly id: CallbackId;
  readonly queue: Queue;
  /** The number to ring. A customer has one ticket at a time. */
  readonly callerKey: string;
  readonly priority: number;
  readonly requiredSkills: Skills;
  readonly madeAt: EpochMs;
  /** Its place in the one order of all calls (rule R1). */
  readonly effectiveStart: EpochMs;
  /** The queue that the caller had come to, when overflow has taken them to this one. */
  readonly cameTo?: QueueId | undefined;
  /** Since when its demands soften: the caller's own wait counts, and so do earlier attempts. Not set: since it stands there. */
  joinedAt?: EpochMs | undefined;
  /** Who is waited for, as for a caller (rule R16). */
  readonly preferredAgentId?: AgentId | undefined;
  /** Until when; 0: not any more. Not set: as long as the queue says, from when it stands in the line. */
  preferredUntil?: EpochMs | undefined;
  notBefore: EpochMs;
  readonly expiresAt: EpochMs;
  /** How often the customer's phone rang, or may have. */
  attempts: number;
  /** How often it was to be dialled besides, and our own side could not (rule K5). */
  unrung: number;
  /** While the customer is being dialled: until then. */
  dialUntil: EpochMs;
  /** What becomes of it when no agent has it in hand any more. */
  endingAs: CallbackOutcome | undefined;
  /** The customer's own call: it stands in the line instead, or will when no agent has the ticket in hand any more. */
  mergeInto: CallId | undefined;
  /** The call in its stead, while it stands in the line or is with an agent. */
  call: Call | undefined;
}

export type SavedTicket = Omit<Ticket, 'kind' | 'call' | 'timer'>;

/** How the agents of a pool stand to a queue that some of them serve. */
export interface Sharing {
  /** How many of them serve it. */
  readonly both: number;
  /** Who serves it besides; who serves several such queues counts for a part in each. */
  readonly others: number;
}

/** The agents who serve calls of one kind, whatever they are doing at the moment. */
export interface Pool {
  /** In the order in which they were configured. */
  readonly staff: readonly Agent[];
  /** The queues that they serve; `sharedOf` fills it in. */
  shared: ReadonlyMap<Queue, Sharing> | undefined;
}

/** Since when a queue has had nobody: what rules of overflow ask. */
export interface Watch extends Timed {
  readonly kind: 'watch';
  readonly queueId: QueueId;
  /** Nobody has been signed in. */
  unstaffedSince: EpochMs | undefined;
  /** Nobody has been at work. */
  unavailableSince: EpochMs | undefined;
}

export type SavedWatch = Pick<Watch, 'seq' | 'unstaffedSince' | 'unavailableSince'>;

/** Whether casual agents may help in a queue: weighed after whatever touched it, and again by deadline. */
export interface Gate extends Timed {
  readonly kind: 'gate';
  readonly queueId: QueueId;
  open: boolean;
  /** When it was opened last. */
  openedAt: EpochMs;
  // ---- Index ----
  /** The casual agents of the queue, and of groups that it widens to. */
  helpers: readonly Agent[];
  /** Whether the weighing to come has it in hand. */
  touched: boolean;
}

export interface Queue {
  readonly id: QueueId;
  config: QueueConfig;
  /** No longer configured: takes no new calls and is gone when its last one is over. */
  closing: boolean;
  /** The number of the agent who was offered a call last: the turn is with the next (`round-robin`). */
  lastTurn: number;
  readonly statistics: QueueStatistics;
  readonly watch: Watch;
  readonly gate: Gate;
  // ---- Index, rebuilt from agents and calls ----
  readonly lanes: Map<string | number, Lane>;
  /** The lanes in which somebody waits. */
  readonly busyLanes: LaneHeap<Lane>;
  /** Who waits, in the one order. */
  readonly line: SortedList<Call>;
  /** Waiting or offered, by arrival. */
  readonly inLine: SortedList<Call>;
  /** Who could take a call now, longest idle first. */
  idle: SortedList<Agent>;
  /** Casual agents who could, least used first: asked when no other agent can. */
  idleCasual: SortedList<Agent>;
  /** Who serves the queue today, busy or not. */
  staff: SortedList<Agent>;
  /** The staff by kind of call, as worked out at the staffing `poolsAt`. */
  readonly pools: Map<string | number, Pool>;
  poolsAt: number;
  /** Callers; the call backs that wait count apart. */
  waiting: number;
  callbacks: number;
  offered: number;
  talking: number;
  members: number;
  agentsReady: number;
  agentsSignedIn: number;
}

/** Whoever looks on while the engine decides: `CallTrace`, in a replay. It touches nothing. */
export interface Observer {
  /** The call is about to be offered to the agent; neither has moved yet. */
  offering(call: Call, agent: Agent, offerId: OfferId): void;
}

/** Everything the engine knows. Only the files of this room touch it. */
export interface Floor {
  /** The time of the last command: it never goes back. */
  now: EpochMs;
  /** The last number given to anything. */
  seq: number;
  /** Where the sequence of random numbers stands (`random`). */
  random: number;
  readonly agents: Map<AgentId, Agent>;
  readonly queues: Map<QueueId, Queue>;
  readonly calls: CallTable<Call>;
  /** The same, of callers who are known by a number. */
  readonly callsOf: CallsByCaller<Call>;
  /** Calls that have gone: those who come are made of them. */
  readonly spareCalls: Spares<Call>;
  /** Of callers who hung up a moment ago, the oldest first. */
  readonly places: Map<string, Place>;
  readonly tickets: Map<CallbackId, Ticket>;
  /** The same, by the number to ring. */
  readonly ticketOf: Map<string, Ticket>;
  /** Of agents with limits; of those who were removed, until their month is over. */
  readonly ledgers: Map<AgentId, Ledger>;
  /** IANA: of agents who have no zone of their own. */
  zone: string;
  readonly deadlines: Deadlines<Agent | Call | Place | Ticket | Watch | Ledger | Gate>;
  /** Gates to be weighed before the command is over. */
  touchedGates: Gate[];
  /** Counts the changes of staffing, so that what was worked out from it can be remembered. Not saved. */
  staffing: number;
  /** The staffing that the watches of the queues have seen. */
  watched: number;
  /** What the command in hand has brought about so far. */
  changes: Change[];
  /** Set in replays alone (rule W1). */
  observer: Observer | undefined;
  /** Came from another queue: judged by the rules of this one once the routing has had them. */
  joined: Call[];
  /** Who became free, and which calls began to wait, since the last routing. */
  freshAgents: Agent[];
  /** Calls that are offered and may ring more phones than one. */
  readonly ringing: SortedList<Call>;
  /** Queues that were full and are not. */
  readonly freshQueues: Queue[];
  freshCalls: Call[];
  readonly skills: SkillTable;
}
