import Type from 'typebox';
import { DAY_MS } from '../../../lib/clock.ts';
import {
  CALLBACK_FIRST,
  type OverflowRule,
  QUEUE_DEFAULTS,
  type QueueConfig,
  RELAXATION_STEPS_MAX,
  type RelaxationStep,
  STRATEGIES,
} from '../../../model/queue.ts';
import { RECORDING_MODES } from '../../../model/recording.ts';
import { Arrival } from '../../arrival-schemas.ts';
import { Id, Named, PageOf, Revision, Skills, Text, Timestamp } from '../../schemas.ts';
import { ClosureMessage } from '../calendars/schemas.ts';

/** A time in milliseconds, with its bounds and its default. */
const milliseconds = (
  key: keyof typeof QUEUE_DEFAULTS,
  description: string,
  minimum: number,
  maximum: number = DAY_MS,
) => Type.Integer({ minimum, maximum, description, examples: [Number(QUEUE_DEFAULTS[key])] });

const threshold = (key: 'casualIn' | 'casualOut', description: string) =>
  Type.Object(
    {
      ewtMs: Type.Integer({ minimum: 0, maximum: DAY_MS, examples: [QUEUE_DEFAULTS[key].ewtMs] }),
      serviceLevel: Type.Number({
        minimum: 0,
        maximum: 1,
        examples: [QUEUE_DEFAULTS[key].serviceLevel],
      }),
    },
    { additionalProperties: false, description },
  );

const OverflowTarget = Type.Union([
  Type.Object({ queue: Id('general') }, { additionalProperties: false }),
  Type.Object({ exit: Text(64, 'voicemail') }, { additionalProperties: false }),
]);

const rule = (when: OverflowRule['when'], figure: 'ms' | 'over' | 'forMs', description: string) =>
  Type.Object(
    {
      when: Type.Literal(when),
      [figure]: Type.Integer({ minimum: 0, maximum: DAY_MS, examples: [60_000] }),
      to: OverflowTarget,
    },
    { additionalProperties: false, description },
  );

const Overflow = Type.Array(
  Type.Union([
    rule('maxWait', 'ms', 'Waited in this queue for so long'),
    rule('maxEwt', 'ms', 'The middle of the estimated wait is longer'),
    rule('maxLength', 'over', 'More callers in the line when one joins it'),
    rule('noAgentsStaffed', 'forMs', 'No agent signed in for so long'),
    rule('noAgentsAvailable', 'forMs', 'Nobody at work for so long'),
  ]),
  {
    maxItems: 8,
    description: 'Where callers go on certain conditions: the first rule that holds',
    examples: [[{ when: 'maxWait', ms: 300_000, to: { queue: 'general' } }]],
  },
);
const names = (example: string) => Type.Array(Text(64, example), { maxItems: 100 });

const Step = Type.Object(
  {
    afterMs: Type.Integer({ minimum: 0, maximum: DAY_MS, examples: [30_000] }),
    lowerLevels: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 9,
        description: 'Of every skill asked for, not below 1',
      }),
    ),
    dropSkills: Type.Optional(names('ventas')),
    addGroups: Type.Optional(names('refuerzo')),
  },
  { additionalProperties: false },
);

const RecordingRule = Type.Unsafe<NonNullable<QueueConfig['recording']>>(
  Type.Object(
    {
      mode: Type.Enum([...RECORDING_MODES], {
        description: 'share: `percent` of the calls; onDemand: when somebody asks',
        examples: ['all'],
      }),
      percent: Type.Number({ minimum: 0, maximum: 100, examples: [100] }),
      stereo: Type.Boolean({ description: 'The customer left, the agent right', examples: [true] }),
      notice: Type.Optional(
        Type.Object(
          {
            version: Text(64, '2026-1'),
            message: {
              ...ClosureMessage,
              examples: [{ es: 'Esta llamada puede ser grabada.' }],
            },
            refuseKey: Type.Optional(
              Type.String({
                pattern: '^[0-9*#]$',
                description: 'Who presses it is not recorded. Absent: nobody can refuse by key',
                examples: ['9'],
              }),
            ),
          },
          {
            additionalProperties: false,
            description: 'Said to callers who may be recorded, before they wait',
          },
        ),
      ),
    },
    {
      additionalProperties: false,
      required: ['mode', 'percent', 'stereo'],
      description: 'Which conversations are recorded',
      examples: [{ mode: 'share', percent: 20, stereo: true }],
    },
  ),
);

const settings = {
  strategy: Type.Enum([...STRATEGIES], { description: 'How an agent is chosen' }),
  requiredSkills: Skills,
  relaxation: Type.Unsafe<readonly RelaxationStep[]>(
    Type.Array(Step, {
      maxItems: RELAXATION_STEPS_MAX,
      description: 'How demands soften while a call waits, each step upon the ones before',
      examples: [[{ afterMs: 30_000, lowerLevels: 2 }]],
    }),
  ),
  ringAgentsMax: Type.Integer({
    minimum: 1,
    maximum: 100,
    description: 'So many phones ring at once for one call (`ring-all`, `ring-progressively`)',
    examples: [QUEUE_DEFAULTS.ringAgentsMax],
  }),
  ringNextMs: milliseconds(
    'ringNextMs',
    '`ring-progressively`: one phone more after each such time',
    1_000,
    600_000,
  ),
  preferredWaitMs: milliseconds(
    'preferredWaitMs',
    'How long a call waits for the last agent of its caller, before others may have it; 0: not',
    0,
  ),
  activeMax: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    description: 'So many calls of the queue may ring and talk at once',
    examples: [QUEUE_DEFAULTS.activeMax],
  }),
  ringTimeoutMs: milliseconds('ringTimeoutMs', "How long an agent's phone rings", 1_000, 600_000),
  wrapUpMs: milliseconds('wrapUpMs', 'After-call work', 0),
  handleTimeMs: milliseconds(
    'handleTimeMs',
    'What a call takes an agent, after-call work included, until the queue has learnt better',
    1_000,
  ),
  priorityLevelMs: milliseconds('priorityLevelMs', 'What a level of priority is worth', 1_000),
  serviceLevelMs: milliseconds('serviceLevelMs', 'Answered within: the service level', 1_000),
  shortAbandonMs: milliseconds('shortAbandonMs', 'Who leaves sooner counts apart', 0),
  regainMs: Type.Integer({
    minimum: 0,
    maximum: DAY_MS,
    description:
      'Who hangs up and rings again from the same number within this time has the old place, once. 0: off',
    examples: [60_000],
  }),
  announceFirstMs: milliseconds('announceFirstMs', 'Until the first announcement', 1_000),
  announceEveryMs: milliseconds('announceEveryMs', 'Between announcements', 5_000),
  announcePositionMax: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Callers are told their position up to this one; 0: never',
    examples: [QUEUE_DEFAULTS.announcePositionMax],
  }),
  announceWaitMsMax: milliseconds(
    'announceWaitMsMax',
    'Callers are told the expected wait up to this one; 0: never',
    0,
  ),
  waitMsMax: milliseconds('waitMsMax', 'Who waits longer leaves the queue', 1_000),
  lengthMax: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    description: 'More callers are refused',
    examples: [QUEUE_DEFAULTS.lengthMax],
  }),
  missesMax: Type.Integer({
    minimum: 1,
    maximum: 100,
    description: 'So many unanswered offers in a row make an agent not ready',
    examples: [QUEUE_DEFAULTS.missesMax],
  }),
  rejectDelayMs: milliseconds('rejectDelayMs', 'Pause after a rejected offer', 0),
  busyDelayMs: milliseconds('busyDelayMs', 'Pause after a busy phone', 0),
  unreachableDelayMs: milliseconds('unreachableDelayMs', 'Pause after a dead phone', 0),
  casualIn: threshold('casualIn', 'Casual agents may help when either is worse'),
  casualOut: threshold('casualOut', 'They may not any more when both are better'),
  callbackEnabled: Type.Boolean({
    description: 'Whether customers may be promised to be rung back. Needs a trunk to dial out',
    examples: [false],
  }),
  callbackAttemptsMax: Type.Integer({
    minimum: 1,
    maximum: 20,
    description: 'So often a customer is rung',
    examples: [QUEUE_DEFAULTS.callbackAttemptsMax],
  }),
  callbackRetryMs: milliseconds('callbackRetryMs', 'Until a customer is rung again', 1_000),
  callbackExpireMs: milliseconds(
    'callbackExpireMs',
    'A call back that was not kept by then is over',
    60_000,
    7 * DAY_MS,
  ),
  callbackDialMs: milliseconds(
    'callbackDialMs',
    "How long the customer's phone may take",
    5_000,
    300_000,
  ),
  callbackFirst: Type.Enum([...CALLBACK_FIRST], {
    description: "Whose phone rings first, the agent's or the customer's",
    examples: [QUEUE_DEFAULTS.callbackFirst],
  }),
  callbackConfirm: Type.Boolean({
    description: 'Whether whoever answers a call back has to press 1: no answering machine does',
    examples: [QUEUE_DEFAULTS.callbackConfirm],
  }),
  overflow: Type.Unsafe<QueueConfig['overflow']>(Overflow),
  recording: RecordingRule,
  arrival: Arrival,
  keepsWait: Type.Boolean({
    description: 'Whoever is transferred here stands where they would if they had come here first',
    examples: [QUEUE_DEFAULTS.keepsWait],
  }),
  music: Text(100, 'default'),
};

const name = Text(100, 'Ventas');

export const QueueBody = Named(
  'QueueBody',
  Type.Object(
    { id: Id('ventas'), name, ...Type.Partial(Type.Object(settings)).properties },
    { additionalProperties: false, description: 'What is not named is as the product has it.' },
  ),
);
export const QueuePatch = Named(
  'QueuePatch',
  Type.Partial(Type.Object({ name, ...settings }), {
    additionalProperties: false,
    minProperties: 1,
  }),
);

const Accuracy = Type.Object({
  calls: Type.Integer({ description: 'Told a wait, and the wait is over', examples: [412] }),
  coverage: Type.Number({ description: 'The share answered within the range', examples: [0.64] }),
  absoluteErrorMs: Type.Integer({
    description: 'Mean error of the middle of the range',
    examples: [21_000],
  }),
  biasMs: Type.Integer({ description: 'Above 0: callers wait longer', examples: [-2_000] }),
});

const Live = Type.Object({
  waiting: Type.Integer({ examples: [3] }),
  offered: Type.Integer({ examples: [1] }),
  talking: Type.Integer({ examples: [4] }),
  oldestSince: Type.Optional(Timestamp),
  agentsReady: Type.Integer({ examples: [0] }),
  agentsSignedIn: Type.Integer({ examples: [6] }),
  next: Type.Array(Type.String(), { description: 'The first ten who wait, by position' }),
  serviceLevel: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Answered within serviceLevelMs, of the last 30 minutes, without short abandons',
      examples: [0.83],
    }),
  ),
  ewt: Type.Optional(
    Type.Object(
      { lowMs: Type.Integer({ examples: [40_000] }), highMs: Type.Integer({ examples: [95_000] }) },
      { description: 'What somebody would wait who came now: 3 of 5 callers, or more' },
    ),
  ),
  ewtAccuracy: Type.Object(
    { first: Accuracy, last: Accuracy },
    { description: 'How good what callers were told has been: the first time, and the last' },
  ),
  casualOpen: Type.Boolean({ description: 'Whether casual agents may help now' }),
});

export const QueueAnswer = Named(
  'Queue',
  Type.Object({
    id: Id('ventas'),
    name,
    ...settings,
    recording: Type.Optional(RecordingRule),
    arrival: Type.Optional(Arrival),
    ...Revision,
    live: Type.Optional(Live),
  }),
);
export const QueuePage = PageOf(QueueAnswer);
