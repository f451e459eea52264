import Type from 'typebox';
import { PRIORITY_MAX, PRIORITY_MIN } from '../../../../model/queue.ts';
import { Id, Named, Timestamp } from '../../../schemas.ts';
import { CallId } from '../schemas.ts';

const strict = { additionalProperties: false } as const;

const Agent = Type.Object(
  { agent: Type.String({ minLength: 1, maxLength: 100, examples: ['1002'] }) },
  {
    ...strict,
    description: 'Somebody of the house; who is not signed in is rung at their extension',
  },
);
const Outside = [
  Type.Object(
    { number: Type.String({ pattern: '^\\+?[0-9]{3,20}$', examples: ['+525555550199'] }) },
    {
      ...strict,
      description:
        'As dialled: an extension or a number of the house, or one outside that is allowed',
    },
  ),
  Type.Object(
    {
      sip: Type.String({
        pattern: '^sip:[^@\\s]+@[^\\s]+$',
        maxLength: 300,
        examples: ['sip:soporte@example.com'],
      }),
    },
    { ...strict, description: 'A SIP address of a host that is allowed' },
  ),
];

/** Where a conversation may go, or a call that waits for one. */
export const TransferBody = Named(
  'TransferBody',
  Type.Object(
    {
      to: Type.Union([
        Agent,
        Type.Object(
          { queue: Type.String({ minLength: 1, maxLength: 100, examples: ['soporte'] }) },
          { ...strict, description: 'A line to wait in' },
        ),
        Type.Object(
          {
            flow: Type.String({ minLength: 1, maxLength: 100, examples: ['principal'] }),
            node: Type.Optional(Type.String({ minLength: 1, maxLength: 100, examples: ['menu'] })),
          },
          { ...strict, description: 'A flow, at that node of it or from its beginning' },
        ),
        ...Outside,
      ]),
    },
    { ...strict, examples: [{ to: { agent: '1002' } }] },
  ),
);

export const PriorityBody = Named(
  'PriorityBody',
  Type.Object(
    {
      priority: Type.Integer({
        minimum: PRIORITY_MIN,
        maximum: PRIORITY_MAX,
        description: 'The higher is served first; 5 is ordinary',
        examples: [9],
      }),
    },
    { ...strict, examples: [{ priority: 9 }] },
  ),
);

/** Somebody to speak with. */
export const ConsultBody = Named(
  'ConsultBody',
  Type.Object(
    { to: Type.Union([Agent, ...Outside]) },
    { ...strict, examples: [{ to: { agent: '1002' } }] },
  ),
);

export const ConferenceBody = Named(
  'ConferenceBody',
  Type.Object(
    {
      to: Type.Optional(
        Type.Union([Agent, ...Outside], {
          description:
            'Rings somebody who then hears both. Absent: whoever is being consulted joins',
        }),
      ),
    },
    { ...strict, examples: [{ to: { agent: '1002' } }] },
  ),
);

const Slot = Type.String({ pattern: '^[0-9A-Za-z]{1,32}$', examples: ['1001'] });

export const ParkBody = Named(
  'ParkBody',
  Type.Object(
    {
      slot: Type.Optional({
        ...Slot,
        description: 'The place. Absent: the extension of the agent who has the call',
      }),
    },
    { ...strict, examples: [{}] },
  ),
);

export const ParkedAnswer = Named('Parked', Type.Object({ callId: CallId, slot: Slot }));
export const ParkedCallAnswer = Named(
  'ParkedCall',
  Type.Object({
    callId: CallId,
    slot: Slot,
    agentId: Id('1001'),
    since: Timestamp,
    until: Type.String({
      format: 'date-time',
      description: 'Then it goes back to the agent, or to the queue',
      examples: ['2026-03-02T09:32:00.000Z'],
    }),
  }),
);
export const ParkedCalls = Named(
  'ParkedCallList',
  Type.Object({ items: Type.Array(ParkedCallAnswer) }),
);
export const SlotParams = Type.Object({ slot: Slot });
export const PickUpBody = Named(
  'PickUpBody',
  Type.Object({ agentId: Id('1002') }, { ...strict, examples: [{ agentId: '1002' }] }),
);
