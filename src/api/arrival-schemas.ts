import Type from 'typebox';
import {
  ACCEPT_MS_DEFAULT,
  ACCEPT_MS_MAX,
  ACCEPT_MS_MIN,
  type AgentDevice,
  type ArrivalTerms,
  type PresenceSource,
} from '../model/arrival.ts';

const strict = { additionalProperties: false };

const SipAddress = (description: string) =>
  Type.String({
    pattern:
      '^sips?:[A-Za-z0-9+._~*#-]{1,64}@[A-Za-z0-9.-]{1,253}(:\\d{1,5})?(;transport=(udp|tcp|tls))?$',
    description,
    examples: ['sip:taller@pbx.example'],
  });

/** Where an agent is reached outside the house. */
export const Device = Type.Unsafe<AgentDevice>(
  Type.Union(
    [
      Type.Object(
        {
          kind: Type.Literal('number'),
          number: Type.String({
            pattern: '^\\+[1-9][0-9]{6,14}$',
            description: 'E.164; must be an allowed destination',
            examples: ['+525555550142'],
          }),
        },
        strict,
      ),
      Type.Object(
        {
          kind: Type.Literal('sip'),
          uri: SipAddress('At another system; its host must be an allowed destination'),
        },
        strict,
      ),
    ],
    {
      description: 'Absent: the phones that register with the extension',
      examples: [{ kind: 'number', number: '+525555550142' }],
    },
  ),
);

export const Arrival = Type.Unsafe<ArrivalTerms>(
  Type.Object(
    {
      whisper: Type.Optional(
        Type.Boolean({
          description: 'Who is calling and why is said before they are joined; outside as a rule',
        }),
      ),
      accept: Type.Optional(
        Type.Boolean({
          description: 'Nobody is joined before 1 was pressed; 2 rejects. Outside as a rule',
        }),
      ),
      acceptMs: Type.Optional(
        Type.Integer({
          minimum: ACCEPT_MS_MIN,
          maximum: ACCEPT_MS_MAX,
          description: 'How long they have for the key, from the moment the phone is picked up',
          examples: [ACCEPT_MS_DEFAULT],
        }),
      ),
      autoAnswer: Type.Optional(
        Type.Boolean({ description: 'Asks a phone of the house to pick up by itself' }),
      ),
    },
    { ...strict, description: 'How a call comes to an agent', examples: [{ whisper: true }] },
  ),
);

export const Presence = Type.Unsafe<PresenceSource>(
  Type.Object(
    {
      uri: SipAddress('Whom to subscribe to'),
      event: Type.Enum(['presence', 'dialog'], {
        description: 'RFC 3856, or RFC 4235',
        examples: ['dialog'],
      }),
    },
    { ...strict, description: 'Whose presence says whether they can be reached' },
  ),
);
