import type { AnyName, Dimension, Facts, Times } from './names.ts';
import {
  SERVICE_LEVEL_TEXTS,
  type ServiceLevelChoice,
  serviceLevel,
  serviceLevelNeeds,
  share,
} from './service-level.ts';

export type Unit = 'count' | 'seconds' | 'share';

/** One figure of a report: where it comes from, and what it means in words. */
export interface Measure {
  readonly unit: Unit;
  readonly definition: string;
  readonly needs: readonly AnyName[];
  /** Undefined: there is nothing to tell it of (no answered call has no speed of answer). */
  of(sums: Facts & Times, choice: ServiceLevelChoice): number | undefined;
  /** Absent: all. */
  readonly by?: readonly Dimension[];
}

const PEOPLE: readonly Dimension[] = ['all', 'queue', 'agent', 'team'];
const LINES: readonly Dimension[] = ['all', 'queue', 'number', 'flow', 'skill'];
const WHOLE_CALLS: readonly Dimension[] = ['all', 'number', 'flow'];

/** A fact as it is. */
const count = (name: AnyName, definition: string, by?: readonly Dimension[]): Measure => ({
  unit: 'count',
  definition,
  needs: [name],
  of: (sums) => sums[name] ?? 0,
  ...(by ? { by } : {}),
});

const seconds = (name: AnyName, definition: string, by?: readonly Dimension[]): Measure => ({
  unit: 'seconds',
  definition,
  needs: [name],
  of: (sums) => toSeconds(sums[name] ?? 0),
  ...(by ? { by } : {}),
});

/** The sum of some over the sum of others, in seconds each. */
const mean = (
  parts: readonly AnyName[],
  over: AnyName,
  definition: string,
  by?: readonly Dimension[],
): Measure => ({
  unit: 'seconds',
  definition,
  needs: [...parts, over],
  of: (sums) => {
    const whole = sums[over] ?? 0;
    return whole > 0 ? toSeconds(total(sums, parts) / whole) : undefined;
  },
  ...(by ? { by } : {}),
});

const ratio = (
  parts: readonly AnyName[],
  wholes: readonly AnyName[],
  definition: string,
  by?: readonly Dimension[],
): Measure => ({
  unit: 'share',
  definition,
  needs: [...new Set([...parts, ...wholes])],
  of: (sums) => share(total(sums, parts), total(sums, wholes)),
  ...(by ? { by } : {}),
});

const total = (sums: Facts & Times, names: readonly AnyName[]): number =>
  names.reduce((sum, name) => sum + (sums[name] ?? 0), 0);

/** To a tenth. */
const toSeconds = (ms: number): number => Math.round(ms / 100) / 10;

const SERVICE_LEVEL: Measure = {
  unit: 'share',
  definition: `Service level. ${SERVICE_LEVEL_TEXTS.standard} T is the queue's own target at the time; serviceLevel and serviceLevelSeconds choose others.`,
  needs: [],
  of: (sums, choice) => serviceLevel(sums, choice),
  by: LINES,
};

/** Every figure that a report may have, with its definition. Docs, OpenAPI and answers say it from here. */
export const MEASURES = {
  // Queues: counted where the caller entered the queue, so that a row adds up to what was offered in it.
  offered: count(
    'offered',
    'Visits of callers to a queue that began in the interval. Moving on to another queue is another visit.',
    LINES,
  ),
  answered: count('answered', 'Of offered: an agent answered, and the two could speak.', LINES),
  abandoned: count(
    'abandoned',
    "Of offered: hung up while queued, later than the queue's limit for short abandons.",
    LINES,
  ),
  shortAbandoned: count(
    'shortAbandoned',
    "Of offered: hung up within the queue's limit for short abandons.",
    LINES,
  ),
  timedOut: count('timedOut', 'Of offered: waited as long as the queue lets callers wait.', LINES),
  overflowedOut: count('overflowedOut', 'Of offered: sent on by a rule of overflow.', LINES),
  overflowedIn: count(
    'overflowedIn',
    'Of offered: came from another queue by a rule of overflow.',
    LINES,
  ),
  transferredIn: count(
    'transferredIn',
    'Of offered: an agent transferred the caller to the queue.',
    LINES,
  ),
  leftForCallback: count('leftForCallback', 'Of offered: asked to be rung back.', LINES),
  leftOtherwise: count(
    'leftOtherwise',
    'Of offered: the flow or a key took the caller elsewhere, an operator ended the call, or it failed.',
    LINES,
  ),
  regained: count('regained', 'Of offered: rang again and had the old place.', LINES),
  abandonRate: ratio(['abandoned'], ['offered'], 'Abandoned / offered.', LINES),
  serviceLevel: SERVICE_LEVEL,
  asa: mean(
    ['waitAnsweredMs'],
    'answered',
    'Average speed of answer: mean time in the queue of the answered.',
    LINES,
  ),
  abandonTime: {
    unit: 'seconds',
    definition: 'Mean time in the queue of those who abandoned, short abandons included.',
    needs: ['waitAbandonedMs', 'abandoned', 'shortAbandoned'],
    of: (sums) => {
      const who = total(sums, ['abandoned', 'shortAbandoned']);
      return who > 0 ? toSeconds((sums.waitAbandonedMs ?? 0) / who) : undefined;
    },
    by: LINES,
  },
  longestWait: seconds('longestWaitMs', 'The longest time in the queue, answered or not.', LINES),

  // Conversations: counted where they began, when they are over.
  handled: count(
    'handled',
    'Conversations of agents with customers that began in the interval and are over; of call backs and after transfers, too. Who was only asked, and never had the customer, has handled nothing.',
  ),
  talkTime: seconds('talkMs', 'Of handled: time in conversation, without hold.'),
  holdTime: seconds('holdMs', 'Of handled: time the customer was on hold.'),
  acwTime: seconds('acwMs', 'Of handled: after-call work that is over.'),
  aht: mean(
    ['talkMs', 'holdMs', 'acwMs'],
    'handled',
    'Average handle time: (talk + hold + after-call work) / handled.',
  ),
  averageTalk: mean(['talkMs'], 'handled', 'Talk / handled.'),
  averageHold: mean(['holdMs'], 'handled', 'Hold / handled.'),
  acw: mean(['acwMs'], 'handled', 'After-call work / handled.'),
  longestTalk: seconds('longestTalkMs', 'The longest conversation, hold included.'),
  holds: count('holds', 'How often a customer was put on hold.'),
  transferredOut: count(
    'transferredOut',
    'Conversations that the agent ended by a transfer, blind or attended.',
  ),
  transferRate: ratio(['transferredOut'], ['handled'], 'Transferred out / handled.'),
  conferenced: count(
    'conferenced',
    'How often the agent brought a third person into the conversation.',
  ),
  consulted: count(
    'consulted',
    'How often the agent asked somebody while the customer was on hold.',
  ),
  callbacksHandled: count('callbacksHandled', 'Of handled: call backs.'),
  returned: count(
    'returned',
    'Answered, but nobody could speak: the caller had the old place again.',
  ),

  // Phones: counted where they began to ring.
  rung: count(
    'rung',
    "How often an agent's phone rang; with strategies that ring several, once each.",
    PEOPLE,
  ),
  missed: count('missed', 'Of rung: nobody answered in time (RNA).', PEOPLE),
  rejected: count('rejected', 'Of rung: the agent declined.', PEOPLE),
  busy: count('busy', 'Of rung: the phone was busy.', PEOPLE),
  unreachable: count('unreachable', 'Of rung: the phone could not be reached.', PEOPLE),
  withdrawn: count(
    'withdrawn',
    'Of rung: the caller left or was moved, or somebody else answered.',
    PEOPLE,
  ),
  ringTime: seconds('ringMs', 'Of rung: how long phones rang.', PEOPLE),

  // Agents' time: where it was spent.
  signedInTime: seconds(
    'signedInMs',
    'Time agents were signed in. Of a queue: those who answer it.',
    PEOPLE,
  ),
  readyTime: seconds('readyMs', 'Of it: ready, with nothing to do.', PEOPLE),
  notReadyTime: seconds('notReadyMs', 'Of it: not ready, whatever the reason.', PEOPLE),
  ringingTime: seconds('ringingMs', 'Of it: the phone was ringing.', PEOPLE),
  talkingTime: seconds('talkingMs', 'Of it: in conversation, hold included.', PEOPLE),
  wrapUpTime: seconds('wrapUpMs', 'Of it: after-call work.', PEOPLE),
  signIns: count('signIns', 'How often agents signed in.', PEOPLE),
  occupancy: ratio(
    ['talkingMs', 'wrapUpMs'],
    ['talkingMs', 'wrapUpMs', 'ringingMs', 'readyMs'],
    'Occupancy: (talking + after-call work) / (talking + after-call work + ringing + ready). Time not ready does not count. Of a queue: that of the agents who answer it, in all their queues.',
    PEOPLE,
  ),
  utilisation: ratio(
    ['talkingMs', 'wrapUpMs'],
    ['signedInMs'],
    '(Talking + after-call work) / signed in: the stricter sister of occupancy.',
    PEOPLE,
  ),

  // Whole calls: counted where they arrived, each once.
  calls: count(
    'calls',
    'Calls that arrived in the interval, each once, however many queues they saw.',
    WHOLE_CALLS,
  ),
  callsQueued: count('callsQueued', 'Of calls: came to a queue.', WHOLE_CALLS),
  callsAnswered: count('callsAnswered', 'Of calls: spoke with an agent.', WHOLE_CALLS),
  callsAbandoned: count(
    'callsAbandoned',
    'Of calls: hung up while queued, soon or late, and had spoken with nobody.',
    WHOLE_CALLS,
  ),
  callsLeftInFlow: count('callsLeftInFlow', 'Of calls: hung up in the flow.', WHOLE_CALLS),
  callsServedByFlow: count(
    'callsServedByFlow',
    'Of calls: the flow came to its end (self-service).',
    WHOLE_CALLS,
  ),
  callsVoicemail: count('callsVoicemail', 'Of calls: left a message.', WHOLE_CALLS),
  callsTransferredByFlow: count(
    'callsTransferredByFlow',
    'Of calls: the flow connected them with somebody who is no agent of a queue.',
    WHOLE_CALLS,
  ),
  callsCallback: count('callsCallback', 'Of calls: asked to be rung back.', WHOLE_CALLS),
  callsRefused: count('callsRefused', 'Of calls: blocked callers.', WHOLE_CALLS),
  callsNotServed: count(
    'callsNotServed',
    'Of calls: ended by a full queue, its longest wait, overflow that led nowhere, or an operator.',
    WHOLE_CALLS,
  ),
  callsFailed: count(
    'callsFailed',
    'Of calls: media, signalling or the application gave way.',
    WHOLE_CALLS,
  ),

  // Promises: counted where each step was taken.
  callbacksRequested: count('callbacksRequested', 'Call backs that were promised.', [
    'all',
    'queue',
    'number',
  ]),
  callbackAttempts: count(
    'callbackAttempts',
    'Times customers were to be dialled for it, also where our own side could not.',
    ['all', 'queue', 'agent', 'team', 'number'],
  ),
  callbackAttemptsFailed: count('callbackAttemptsFailed', 'Of the attempts: came to nothing.', [
    'all',
    'queue',
    'agent',
    'team',
    'number',
  ]),
  callbacksReached: count('callbacksReached', 'Call backs that reached the customer.', [
    'all',
    'queue',
    'agent',
    'team',
    'number',
  ]),
  callbacksMissed: count(
    'callbacksMissed',
    'Call backs that ended otherwise: failed, expired, cancelled.',
    ['all', 'queue', 'number'],
  ),
  callbacksMerged: count(
    'callbacksMerged',
    'Call backs that were over because the customer rang themselves and was served, or was promised another.',
    ['all', 'queue', 'number'],
  ),

  // Casual agents.
  casualUse: {
    unit: 'count',
    definition:
      "Calls charged to agents' accounts (casual agents and daily limits), without those that were given back.",
    needs: ['casualSpent', 'casualGivenBack'],
    of: ({ casualSpent = 0, casualGivenBack = 0 }) => casualSpent - casualGivenBack,
    by: PEOPLE,
  },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as readonly MeasureName[];

export const measureOf = (name: MeasureName): Measure => MEASURES[name];

/** Whether it says anything of that dimension. */
export const isOf = (name: MeasureName, dimension: Dimension): boolean =>
  measureOf(name).by?.includes(dimension) ?? true;

export const measuresOf = (dimension: Dimension): readonly MeasureName[] =>
  MEASURE_NAMES.filter((name) => isOf(name, dimension));

/** What has to be read for these. */
export function needsOf(
  names: readonly MeasureName[],
  choice: ServiceLevelChoice,
): readonly AnyName[] {
  const needs = names.flatMap((name): readonly AnyName[] =>
    name === 'serviceLevel' ? serviceLevelNeeds(choice) : measureOf(name).needs,
  );
  return [...new Set(needs)];
}

/** The definition as it is applied, the choice of service level included. */
export function definitionOf(name: MeasureName, choice: ServiceLevelChoice): string {
  if (name !== 'serviceLevel') return measureOf(name).definition;
  const within =
    choice.seconds === undefined ? "the queue's own target at the time" : `${choice.seconds} s`;
  return `Service level. ${SERVICE_LEVEL_TEXTS[choice.definition]} T: ${within}.`;
}
