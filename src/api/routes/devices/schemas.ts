import Type from 'typebox';
import { Id, Named, PageOf, PageQuery, Timestamp } from '../../schemas.ts';

export const DeviceAnswer = Named(
  'Device',
  Type.Object({
    extension: Type.String({ examples: ['1001'] }),
    agentId: Type.Optional({ ...Id('1001'), description: 'Whose extension it is' }),
    contactUri: Type.String({ examples: ['sip:1001@192.0.2.7:5062'] }),
    receivedFrom: Type.String({
      description: 'Where its REGISTER came from',
      examples: ['192.0.2.7:5062'],
    }),
    transport: Type.Enum(['udp', 'tcp', 'tls'], { examples: ['udp'] }),
    userAgent: Type.String({ examples: ['Yealink SIP-T46U 108.86.0.70'] }),
    q: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'RFC 3261 section 20.10',
      examples: [1],
    }),
    expiresAt: Timestamp,
  }),
);
export const DevicePage = PageOf(DeviceAnswer);
export const DeviceQuery = Type.Object(
  { ...PageQuery, agentId: Type.Optional(Id('1001')) },
  { additionalProperties: false },
);
