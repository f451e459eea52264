import Type from 'typebox';
import { Named, Timestamp } from '../../../schemas.ts';
import { CallId } from '../schemas.ts';

const AgentId = Type.String({ examples: ['1001'] });
const QueueId = Type.String({ examples: ['ventas'] });

const Objection = Type.Object(
  {
    code: Type.String({
      description:
        'offline, notReady, offered, talking, wrapUp, noPhone, paused, passedOver, preferred, skill …',
      examples: ['skill'],
    }),
    text: Type.String({ examples: ['skill ventas 3 < 5'] }),
    since: Type.Optional(Timestamp),
    until: Type.Optional(Timestamp),
  },
  { additionalProperties: true, description: 'Beside these, what belongs to the code' },
);

const Candidate = Type.Object({
  agentId: AgentId,
  name: Type.String({ examples: ['Carmen'] }),
  score: Type.Record(Type.String(), Type.Number(), {
    description: "What the queue's strategy compares",
    examples: [{ idleMs: 312_000 }],
  }),
  objections: Type.Array(Objection, { description: 'Empty: free for the call' }),
});

const Candidates = Type.Object({
  strategy: Type.String({ examples: ['longest-idle'] }),
  free: Type.Integer({ description: 'How many were free for the call', examples: [2] }),
  refused: Type.Integer({ description: 'How many were not', examples: [5] }),
  refusedBy: Type.Record(Type.String(), Type.Integer(), {
    description: 'How many had each objection',
    examples: [{ talking: 4, skill: 1 }],
  }),
  shown: Type.Array(Candidate, { description: 'The best first; the rest is in the counts' }),
});

const Place = Type.Object(
  {
    callId: CallId,
    queueId: QueueId,
    priority: Type.Integer({ examples: [8] }),
    queuedAt: Timestamp,
    effectiveStart: Timestamp,
  },
  {
    description:
      'Where a call stands in the one order of all calls: the smaller effective start first',
  },
);

const KINDS = ['waits', 'offered', 'otherFirst', 'notFor', 'change'] as const;

const Decision = Type.Object({
  at: Timestamp,
  kind: Type.Enum([...KINDS], {
    description:
      'waits: nobody could have it · offered: to `agentId`, the best of the candidates · otherFirst: `agent` got ' +
      '`other`, which stood before it · notFor: `agent` was free, and not for this call · change: what came of it',
    examples: ['offered'],
  }),
  text: Type.String({ examples: ['→ Carmen (idle 312 s), best of 2 free by longest-idle'] }),
  cause: Type.Object(
    {
      type: Type.String({ examples: ['agent.ready'] }),
      agentId: Type.Optional(AgentId),
      callId: Type.Optional(CallId),
    },
    { description: 'What the engine was told; `deadline` when time alone did it' },
  ),
  position: Type.Optional(Type.Integer({ description: '1 is the next to be served' })),
  agentId: Type.Optional(AgentId),
  offerId: Type.Optional(Type.String()),
  place: Type.Optional(Place),
  other: Type.Optional(Place),
  agent: Type.Optional(Candidate),
  candidates: Type.Optional(Candidates),
  type: Type.Optional(Type.String({ examples: ['offer.failed'] })),
  data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export const WhyAnswer = Named(
  'CallWhy',
  Type.Object({
    callId: CallId,
    decisions: Type.Array(Decision, { description: 'In order; empty: it was never in a queue' }),
    omitted: Type.Integer({
      description: 'Decisions left out in the middle of a long story',
      examples: [0],
    }),
  }),
);

export const WhyText = Type.String({ description: 'The same for people to read' });

export const WhyQuery = Type.Object(
  {
    zone: Type.String({
      default: 'UTC',
      maxLength: 64,
      pattern: '^[A-Za-z][A-Za-z0-9_+/-]*$',
      description: 'Of the times in texts, IANA',
      examples: ['America/Mexico_City'],
    }),
  },
  { additionalProperties: false },
);
