import Type from 'typebox';
import { Id, PageOf, Revision, Skills, Text, Timestamp } from '../../schemas.ts';

const Extension = Type.String({
  pattern: '^[0-9]{2,10}$',
  description: "Digits; the SIP user name of the agent's phone",
  examples: ['1001'],
});

const settings = {
  name: Text(100, 'Carmen Ruiz'),
  extension: Extension,
  skills: Skills,
  queueIds: Type.Array(Id('ventas'), { maxItems: 200, uniqueItems: true, examples: [['ventas']] }),
};

/** They go in and never come out. */
const secrets = {
  sipPassword: Type.String({
    pattern: '^[\\u0020-\\u007E]{8,128}$',
    writeOnly: true,
    description: '8 to 128 printable ASCII characters; only its digests are kept',
    examples: ['vF7-tulipan-1001'],
  }),
  pin: Type.String({
    pattern: '^[0-9]{4,12}$',
    writeOnly: true,
    description: 'What the agent types on a phone to sign in',
    examples: ['2741'],
  }),
};

export const AgentBody = Type.Object(
  {
    id: Id('1001'),
    name: settings.name,
    extension: settings.extension,
    skills: Type.Optional(settings.skills),
    queueIds: Type.Optional(settings.queueIds),
    ...Type.Partial(Type.Object(secrets)).properties,
  },
  { additionalProperties: false },
);
export const AgentPatch = Type.Partial(Type.Object({ ...settings, ...secrets }), {
  additionalProperties: false,
  minProperties: 1,
});

const STATES = ['offline', 'ready', 'notReady', 'offered', 'talking', 'wrapUp'] as const;

/** What the engine knows of an agent. */
export const Live = Type.Object({
  state: Type.Enum([...STATES], { examples: ['notReady'] }),
  since: Timestamp,
  reason: Type.Optional(Type.String({ description: 'Of `notReady`', examples: ['lunch'] })),
  callId: Type.Optional(Type.String({ description: 'Of `offered`, `talking` and `wrapUp`' })),
  offerId: Type.Optional(Type.String({ description: 'Of `offered`' })),
  until: Type.Optional({ ...Timestamp, description: 'Of `wrapUp`: when it ends by itself' }),
  reachable: Type.Boolean({ description: 'Whether a phone of theirs is registered' }),
});

export const AgentAnswer = Type.Object({
  id: Id('1001'),
  ...settings,
  ...Revision,
  live: Type.Optional(Live),
});
export const AgentPage = PageOf(AgentAnswer);

/** What an agent can be told to be. The other states are what calls make of them. */
export const StateBody = Type.Object(
  {
    state: Type.Enum(['ready', 'notReady', 'wrapUpDone'], { examples: ['notReady'] }),
    reason: Type.Optional({ ...Text(64, 'lunch'), description: 'Needed with `notReady`' }),
  },
  {
    additionalProperties: false,
    description: '`notReady` and `ready` take effect at once, or after the call in progress.',
  },
);
