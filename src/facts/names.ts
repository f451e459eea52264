// What is counted, and what it means. Each is a whole number that adds up over slots, except the longest ones, of which
// the greatest is taken. The database has a column for each; a new one needs a migration.

/** Waits up to so many seconds are counted apart, so that any of them can be asked for as a service level. */
export const WAIT_BOUNDS_S = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600] as const;
export type WaitBound = (typeof WAIT_BOUNDS_S)[number];

/** Of visits to queues, in the slot in which the caller entered the queue. */
const VISIT_FACTS = [
  'offered',
  'answered',
  'abandoned',
  'shortAbandoned',
  'timedOut',
  'overflowedOut',
  'overflowedIn',
  'transferredIn',
  'leftForCallback',
  'leftOtherwise',
  'regained',
  'answeredInTarget',
  'abandonedInTarget',
  'waitAnsweredMs',
  'waitAbandonedMs',
  'longestWaitMs',
] as const;

/** Cumulative: `answeredIn20` are those of `answeredIn15` and more. Abandons include the short ones. */
const WAIT_FACTS = [
  ...WAIT_BOUNDS_S.map((bound) => `answeredIn${bound}` as const),
  ...WAIT_BOUNDS_S.map((bound) => `abandonedIn${bound}` as const),
];

/** Of conversations with agents, in the slot in which they began. */
const TALK_FACTS = [
  'handled',
  'talkMs',
  'holdMs',
  'holds',
  'acwMs',
  'longestTalkMs',
  'transferredOut',
  'conferenced',
  'consulted',
  'callbacksHandled',
  'returned',
] as const;

/** Of phones that rang, in the slot in which they began to. */
const OFFER_FACTS = [
  'rung',
  'missed',
  'rejected',
  'busy',
  'unreachable',
  'withdrawn',
  'ringMs',
] as const;

/** Of whole calls, in the slot in which they arrived. */
const CALL_FACTS = [
  'calls',
  'callsQueued',
  'callsAnswered',
  'callsAbandoned',
  'callsLeftInFlow',
  'callsServedByFlow',
  'callsVoicemail',
  'callsTransferredByFlow',
  'callsCallback',
  'callsRefused',
  'callsNotServed',
  'callsFailed',
] as const;

/** Of promises, in the slot of each step. */
const CALLBACK_FACTS = [
  'callbacksRequested',
  'callbackAttempts',
  'callbackAttemptsFailed',
  'callbacksReached',
  'callbacksMissed',
  'callbacksMerged',
] as const;

/** Of casual agents' accounts, in the slot of the entry. */
const CASUAL_FACTS = ['casualSpent', 'casualGivenBack'] as const;

export const FACTS = [
  ...VISIT_FACTS,
  ...WAIT_FACTS,
  ...TALK_FACTS,
  ...OFFER_FACTS,
  ...CALL_FACTS,
  ...CALLBACK_FACTS,
  ...CASUAL_FACTS,
] as const;
export type FactName = (typeof FACTS)[number];
export type Facts = Partial<Record<FactName, number>>;

/** What agents did with their time, in the slots in which they did it. */
export const TIMES = [
  'signedInMs',
  'readyMs',
  'notReadyMs',
  'ringingMs',
  'talkingMs',
  'wrapUpMs',
  'signIns',
] as const;
export type TimeName = (typeof TIMES)[number];
export type Times = Partial<Record<TimeName, number>>;

export type AnyName = FactName | TimeName;

/** Added up by taking the greatest. */
export const isLongest = (name: AnyName): boolean =>
  name === 'longestWaitMs' || name === 'longestTalkMs';

/** Adds `more` to `sum`, in place. */
export function addTo<Name extends AnyName>(
  sum: Partial<Record<Name, number>>,
  more: Partial<Record<Name, number>>,
): void {
  for (const name in more) {
    const value = more[name] ?? 0;
    const before = sum[name] ?? 0;
    sum[name] = isLongest(name) ? Math.max(before, value) : before + value;
  }
}

/** What the figures can be had by. A call counts in every skill that it or its queue asks for. */
export const DIMENSIONS = ['all', 'queue', 'agent', 'team', 'number', 'flow', 'skill'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
