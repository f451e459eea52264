import Type from 'typebox';
import { PRESENCE_STATUSES } from '../../../model/presence.ts';
import { Device } from '../../arrival-schemas.ts';
import { Id, Named, PageOf, PageQuery, Text, Timestamp } from '../../schemas.ts';

const Status = Type.Enum([...PRESENCE_STATUSES], {
  description: 'Only who is `available` is called',
  examples: ['busy'],
});

const STATES = ['offline', 'ready', 'notReady', 'offered', 'talking', 'wrapUp'] as const;

export const DirectoryEntryAnswer = Named(
  'DirectoryEntry',
  Type.Object({
    agentId: Id('taller'),
    name: Type.String({ examples: ['Taller de Ana'] }),
    extension: Type.String({ examples: ['1500'] }),
    team: Type.Optional(Type.String({ examples: ['tiendas'] })),
    by: Type.Enum(['phone', 'number', 'sip'], {
      description: 'A phone of the house, a number outside, or another SIP system',
      examples: ['number'],
    }),
    device: Type.Optional(Device),
    state: Type.Enum([...STATES], { examples: ['ready'] }),
    reachable: Type.Boolean({ description: 'Whether a call would get to them now' }),
    available: Type.Boolean({ description: 'Reachable, ready, and with no call' }),
    why: Type.Optional(
      Type.Enum(['noPhone', 'presence', 'failures', 'notAllowed'], {
        description: 'Why they cannot be reached',
        examples: ['presence'],
      }),
    ),
    until: Type.Optional({ ...Timestamp, description: 'When that is over by itself' }),
    presence: Type.Optional(
      Type.Object({
        status: Status,
        by: Type.Enum(['webhook', 'subscription'], { examples: ['webhook'] }),
        at: Timestamp,
        until: Timestamp,
        note: Type.Optional(Type.String({ examples: ['En una visita'] })),
      }),
    ),
  }),
);

export const DirectoryPage = PageOf(DirectoryEntryAnswer);

export const DirectoryQuery = Type.Object(
  {
    ...PageQuery,
    reachable: Type.Optional(Type.Boolean({ description: 'Only who can, or cannot, be reached' })),
    q: Type.Optional({
      ...Text(100, 'ana'),
      description: 'In the name or extension, whatever the case and accents',
    }),
  },
  { additionalProperties: false },
);

export const TTL_SECONDS_DEFAULT = 3_600;

export const PresenceBody = Named(
  'PresenceBody',
  Type.Object(
    {
      status: Status,
      ttlSeconds: Type.Integer({
        minimum: 10,
        maximum: 86_400,
        default: TTL_SECONDS_DEFAULT,
        description: 'Then it is forgotten, and they count as reachable again',
        examples: [TTL_SECONDS_DEFAULT],
      }),
      note: Type.Optional(Text(200, 'En una visita')),
    },
    { additionalProperties: false },
  ),
);
