import Type, { type Static } from 'typebox';
import { ERRORS, type ErrorCode } from '../lib/errors.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { type Validator, validatorOf } from '../lib/schema.ts';
import type { Scope } from '../model/access.ts';
import { Agent, Call, Callback, Me, Message, Queue, Statistics, Time } from './schemas.ts';

/** Grows when a message changes its meaning; new messages and new fields leave it as it is. */
export const FEED_PROTOCOL = 1;
/** May be asked for as a websocket subprotocol (RFC 6455 section 1.9): an older or newer server then refuses. */
export const FEED_SUBPROTOCOL = `centralita.feed.v${FEED_PROTOCOL}`;

/** What is shown as a snapshot and numbered changes. */
export const NUMBERED_TOPICS = ['agents', 'queues', 'calls', 'callbacks', 'messages'] as const;
export type NumberedTopic = (typeof NUMBERED_TOPICS)[number];
/** `statistics` and `me` come whole each time: the newest replaces the one before. */
export const TOPICS = [...NUMBERED_TOPICS, 'statistics', 'me'] as const;
export type Topic = (typeof TOPICS)[number];

/** What whoever subscribes must be allowed, besides `feed:read`. */
export const TOPIC_SCOPES: Readonly<Record<Topic, Scope>> = {
  agents: 'feed:read',
  queues: 'feed:read',
  statistics: 'feed:read',
  me: 'feed:read',
  calls: 'calls:read',
  callbacks: 'calls:read',
  messages: 'records:read',
};

const strict = { additionalProperties: false };
export const STATISTICS_SECONDS = { min: 1, max: 60, usual: 5 };
const FILTER_MAX = 100;
const Name = Type.String({ minLength: 1, maxLength: 64 });

const Authenticate = Type.Object(
  {
    type: Type.Literal('authenticate'),
    key: Type.String({
      maxLength: 500,
      description: 'An API key, or the token of a session',
      examples: ['ck_…'],
    }),
  },
  { description: 'Who asks, unless the headers of the upgrade said it' },
);

const Subscribe = Type.Object(
  {
    type: Type.Literal('subscribe'),
    topics: Type.Array(Type.Enum([...TOPICS]), {
      minItems: 1,
      maxItems: TOPICS.length,
      examples: [['agents', 'queues', 'statistics']],
    }),
    queueIds: Type.Optional(
      Type.Array(Name, {
        minItems: 1,
        maxItems: FILTER_MAX,
        description: 'Only these queues, their calls, call backs and messages, and who serves them',
        examples: [['ventas']],
      }),
    ),
    teams: Type.Optional(
      Type.Array(Name, {
        minItems: 1,
        maxItems: FILTER_MAX,
        description: 'Only the agents of these teams, and the calls that they have',
        examples: [['norte']],
      }),
    ),
    agentId: Type.Optional({
      ...Name,
      description: 'Whose view `me` is; needed by those who are no agent themselves',
      examples: ['1001'],
    }),
    statisticsSeconds: Type.Optional(
      Type.Integer({
        minimum: STATISTICS_SECONDS.min,
        maximum: STATISTICS_SECONDS.max,
        description: `How often \`statistics\` tick; ${STATISTICS_SECONDS.usual} unless said`,
        examples: [5],
      }),
    ),
    feedId: Type.Optional(
      Type.String({ maxLength: 100, description: 'Of `hello`, with `resumeFrom`' }),
    ),
    resumeFrom: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: '`seq` of the last snapshot or changes that you have: you get what came since',
        examples: [4211],
      }),
    ),
  },
  { description: 'What you want to see, in place of what you saw before' },
);

const Ping = Type.Object({ type: Type.Literal('ping') }, { description: 'Answered by `pong`' });

/** What a client may say. Fields that are not known are ignored: a newer client may know more. */
export const ClientMessage = Type.Union([Authenticate, Subscribe, Ping]);
export type ClientMessage = Static<typeof ClientMessage>;
export type Subscription = Static<typeof Subscribe>;

export const CLIENT_MESSAGES = { authenticate: Authenticate, subscribe: Subscribe, ping: Ping };
const KINDS = Object.keys(CLIENT_MESSAGES).join(', ');

const clientMessage = validatorOf(ClientMessage);
const validators = new Map<unknown, Validator>(
  Object.entries(CLIENT_MESSAGES).map(([type, schema]) => [type, validatorOf(schema)]),
);

/** What a client says, or what is wrong with it. */
export function parseClientMessage(text: string): Result<ClientMessage, string> {
  try {
    const message: unknown = JSON.parse(text);
    return clientMessage.check(message) ? ok(message) : err(wrongWith(message));
  } catch {
    return err('It is not JSON.');
  }
}

function wrongWith(message: unknown): string {
  const { type } = Object(message) as { readonly type?: unknown };
  const problem = validators.get(type)?.errors(message)[0];
  return problem
    ? `${type}: ${problem.instancePath} ${problem.message}.`
    : `It has no type that is one of ${KINDS}.`;
}

const Seq = Type.Integer({ minimum: 0, examples: [4211] });
const step = { seq: Seq, at: Time };

const Change = Type.Union(
  [
    Type.Object({ ...step, topic: Type.Literal('agents'), agent: Agent }, strict),
    Type.Object({ ...step, topic: Type.Literal('queues'), queue: Queue }, strict),
    Type.Object({ ...step, topic: Type.Literal('calls'), call: Call }, strict),
    Type.Object(
      {
        ...step,
        topic: Type.Literal('calls'),
        queueId: Type.String(),
        line: Type.Array(Type.String()),
      },
      {
        ...strict,
        description:
          'Who wait in the queue, by position from 1, call backs among them: the first 200. In place of `position`',
      },
    ),
    Type.Object({ ...step, topic: Type.Literal('callbacks'), callback: Callback }, strict),
    Type.Object({ ...step, topic: Type.Literal('messages'), message: Message }, strict),
    Type.Object(
      { ...step, topic: Type.Enum([...NUMBERED_TOPICS]), goneId: Type.String() },
      { ...strict, description: 'It is gone, or not yours to see any more' },
    ),
  ],
  { description: 'The new view of one thing, in place of the one before' },
);

export const SERVER_MESSAGES = {
  hello: Type.Object(
    {
      type: Type.Literal('hello'),
      protocol: Type.Literal(FEED_PROTOCOL),
      feedId: Type.String({ description: 'Names this run: numbers of another mean nothing here' }),
      authenticated: Type.Boolean({ description: 'The headers have said who asks' }),
    },
    strict,
  ),
  authenticated: Type.Object({ type: Type.Literal('authenticated') }, strict),
  snapshot: Type.Object(
    {
      type: Type.Literal('snapshot'),
      seq: Seq,
      at: Time,
      why: Type.Enum(['subscribed', 'lagged', 'changed'], {
        description:
          'lagged: you read too slowly, and changes are forgotten · changed: what you may see is another',
      }),
      agents: Type.Optional(Type.Array(Agent)),
      queues: Type.Optional(Type.Array(Queue)),
      calls: Type.Optional(Type.Array(Call)),
      callbacks: Type.Optional(Type.Array(Callback)),
      messages: Type.Optional(Type.Array(Message)),
    },
    { ...strict, description: 'Everything of your topics, up to and with change `seq`' },
  ),
  changes: Type.Object(
    {
      type: Type.Literal('changes'),
      seq: { ...Seq, description: 'Up to which you now know everything: to resume from' },
      merged: Type.Optional(
        Type.Literal(true, {
          description: 'You were behind, or away: of each thing only the last change is here',
        }),
      ),
      changes: Type.Array(Change),
    },
    { ...strict, description: 'Steps in order' },
  ),
  statistics: Type.Object(
    { type: Type.Literal('statistics'), at: Time, queues: Type.Array(Statistics) },
    { ...strict, description: 'The figures of this moment, whole' },
  ),
  me: Type.Object(
    { type: Type.Literal('me'), seq: Seq, at: Time, me: Me },
    { ...strict, description: "An agent's own view, whole, whenever something of it has changed" },
  ),
  pong: Type.Object({ type: Type.Literal('pong') }, strict),
  error: Type.Object(
    {
      type: Type.Literal('error'),
      code: Type.Enum(Object.keys(ERRORS) as ErrorCode[], { examples: ['REQUEST_INVALID'] }),
      detail: Type.String(),
    },
    strict,
  ),
};

export type ServerMessage = {
  [Kind in keyof typeof SERVER_MESSAGES]: Static<(typeof SERVER_MESSAGES)[Kind]>;
}[keyof typeof SERVER_MESSAGES];

/** Close codes (RFC 6455 section 7.4.1; 4000 and up are ours). */
export const CLOSE = {
  goingAway: 1001,
  policy: 1008,
  tryAgainLater: 1013,
  unauthenticated: 4401,
  forbidden: 4403,
} as const;
