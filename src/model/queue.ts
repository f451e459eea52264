import type { Skills } from './agent.ts';
import type { ArrivalTerms } from './arrival.ts';
import type { QueueId } from './ids.ts';
import { RECORDING_DEFAULT, type RecordingRule } from './recording.ts';

/** How an agent is chosen among those who may have a call (D1). An unknown name is an error. */
export const STRATEGIES = [
  'longest-idle',
  'fewest-calls',
  'least-talk-time',
  'round-robin',
  'top-down',
  'random',
  'most-skilled',
  'ring-all',
  'ring-progressively',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

export const CALLBACK_FIRST = ['agent', 'customer'] as const;
export type CallbackFirst = (typeof CALLBACK_FIRST)[number];

export interface QueueConfig {
  readonly id: QueueId;
  readonly name: string;
  readonly strategy: Strategy;
  /** Levels that an agent must hold to be offered a call of this queue; a call may ask for more. */
  readonly requiredSkills: Skills;
  /** Demands that soften while a call waits, step by step and each upon the ones before; it keeps its place (D3). */
  readonly relaxation: readonly RelaxationStep[];
  /** So many phones ring at once for one call (`ring-all`, `ring-progressively`). */
  readonly ringAgentsMax: number;
  /** `ring-progressively`: one phone more after each such time. */
  readonly ringNextMs: number;
  /** How long a call waits for the agent it prefers, before others may have it (D5). 0: it does not. */
  readonly preferredWaitMs: number;
  /** So many calls of the queue may ring and talk at once; the others wait. */
  readonly activeMax: number;
  readonly ringTimeoutMs: number;
  readonly wrapUpMs: number;
  /** What a call takes an agent, after-call work included, until the queue has learnt better (D9). */
  readonly handleTimeMs: number;
  /** One level of priority is worth this much waiting (D4). */
  readonly priorityLevelMs: number;
  readonly serviceLevelMs: number;
  readonly shortAbandonMs: number;
  /** A caller who hangs up and rings again within this time has the old place (D12). 0: off. */
  readonly regainMs: number;
  readonly announceFirstMs: number;
  readonly announceEveryMs: number;
  /** The position is said up to this one; 0: never (D8). */
  readonly announcePositionMax: number;
  /** The expected wait is said up to this one; 0: never. */
  readonly announceWaitMsMax: number;
  /** A caller who waited this long leaves the queue with the outcome `timeout`. */
  readonly waitMsMax: number;
  /** More callers than this are refused with the outcome `full`. */
  readonly lengthMax: number;
  /** So many offers in a row that were not answered make the agent not ready, reason `rna`. */
  readonly missesMax: number;
  /** Pauses before the agent's next offer, by the way the last one failed. */
  readonly rejectDelayMs: number;
  readonly busyDelayMs: number;
  readonly unreachableDelayMs: number;
  /** The queue is open to casual agents when it is worse than the first, until it is better than the second (D6). */
  readonly casualIn: CasualThreshold;
  readonly casualOut: CasualThreshold;
  /** Whether customers may be promised to be rung back (D10). */
  readonly callbackEnabled: boolean;
  /** So often it is tried, with this pause. */
  readonly callbackAttemptsMax: number;
  readonly callbackRetryMs: number;
  /** A call back that could not be kept by then is over. Counted from the request, or from the time agreed. */
  readonly callbackExpireMs: number;
  /** How long the customer's phone may take, from the agent's answer on. */
  readonly callbackDialMs: number;
  /** Whose phone rings first. `customer`: once they have answered they are connected to the agent who was chosen. */
  readonly callbackFirst: CallbackFirst;
  /** Whether whoever answers has to press 1 before an agent is bothered: no machine does. */
  readonly callbackConfirm: boolean;
  /** Where callers go on certain conditions, the first that holds (D7). */
  readonly overflow: readonly OverflowRule[];
  /** Which of its conversations are recorded, and what callers are told about it (P6). Absent: none. */
  readonly recording?: RecordingRule;
  /** How its calls come to agents who say nothing else: the shell's affair alone. */
  readonly arrival?: ArrivalTerms;
  /** Whoever is transferred here has waited since they first joined a queue in this call, not since the transfer. */
  readonly keepsWait: boolean;
  /** The music's name: a file of the prompts' folder, or `default`. */
  readonly music: string;
}

/** Times in milliseconds. `for`: so long without interruption. */
export type OverflowCondition =
  /** The caller has waited in this queue for so long. */
  | { readonly when: 'maxWait'; readonly ms: number }
  /** More callers than this are in the line when the caller joins it. */
  | { readonly when: 'maxLength'; readonly over: number }
  /** The middle of the estimated wait is longer. */
  | { readonly when: 'maxEwt'; readonly ms: number }
  /** No agent of the queue is signed in. */
  | { readonly when: 'noAgentsStaffed'; readonly forMs: number }
  /** Nobody is at work: all are signed out, not ready, or without a phone. */
  | { readonly when: 'noAgentsAvailable'; readonly forMs: number };

/** Another queue, or an exit of the flow's queue node: `onOverflow` there says what comes next. */
export type OverflowTarget = { readonly queue: QueueId } | { readonly exit: string };

export type OverflowRule = OverflowCondition & { readonly to: OverflowTarget };
export const RELAXATION_STEPS_MAX = 10;

/** What changes when a call has waited for `afterMs`. */
export interface RelaxationStep {
  readonly afterMs: number;
  /** Every level asked for goes down by so many, but not below 1. */
  readonly lowerLevels?: number;
  /** These skills are not asked for any more. */
  readonly dropSkills?: readonly string[];
  /** Agents of these groups may have the call too. */
  readonly addGroups?: readonly string[];
}

/** Either figure of the first threshold lets casual agents in; both of the second let them go. */
export interface CasualThreshold {
  readonly ewtMs: number;
  /** 0 to 1: answered within `serviceLevelMs` among those who did not leave at once. */
  readonly serviceLevel: number;
}

/** The product's defaults (product.md, Defaults). */
export const QUEUE_DEFAULTS: Omit<QueueConfig, 'id' | 'name'> = {
  strategy: 'longest-idle',
  requiredSkills: {},
  relaxation: [],
  ringAgentsMax: 5,
  ringNextMs: 10_000,
  preferredWaitMs: 0,
  activeMax: 100_000,
  ringTimeoutMs: 20_000,
  wrapUpMs: 10_000,
  handleTimeMs: 240_000,
  priorityLevelMs: 60_000,
  serviceLevelMs: 20_000,
  shortAbandonMs: 5_000,
  regainMs: 0,
  announceFirstMs: 10_000,
  announceEveryMs: 45_000,
  announcePositionMax: 10_000,
  announceWaitMsMax: 3_600_000,
  waitMsMax: 3_600_000,
  lengthMax: 10_000,
  missesMax: 1,
  rejectDelayMs: 5_000,
  busyDelayMs: 10_000,
  unreachableDelayMs: 10_000,
  casualIn: { ewtMs: 120_000, serviceLevel: 0.6 },
  casualOut: { ewtMs: 60_000, serviceLevel: 0.75 },
  callbackEnabled: false,
  callbackAttemptsMax: 3,
  callbackRetryMs: 300_000,
  callbackExpireMs: 14_400_000,
  callbackDialMs: 45_000,
  callbackFirst: 'agent',
  callbackConfirm: false,
  overflow: [],
  recording: RECORDING_DEFAULT,
  arrival: {},
  keepsWait: false,
  music: 'default',
};

export const PRIORITY_MIN = 0;
export const PRIORITY_MAX = 10;
export const PRIORITY_DEFAULT = 5;
/** What a VIP's call gains over the queue's priority. */
export const PRIORITY_VIP_BONUS = 3;
