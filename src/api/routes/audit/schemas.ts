import Type from 'typebox';
import { Named, PageOf, RecordsQuery, Text, Timestamp } from '../../schemas.ts';

const filter = {
  from: Type.Optional({ ...Timestamp, description: 'Inclusive' }),
  to: Type.Optional({ ...Timestamp, description: 'Exclusive' }),
  actorId: Type.Optional(Text(64, 'elena')),
  action: Type.Optional(Text(64, 'queue.changed')),
  objectKind: Type.Optional(Text(64, 'queue')),
  objectId: Type.Optional(Text(200, 'ventas')),
};

export const AuditQuery = Type.Object(
  { ...filter, ...RecordsQuery },
  { additionalProperties: false },
);

export const ExportQuery = Type.Object(
  {
    ...filter,
    format: Type.Enum(['jsonl', 'csv'], { default: 'jsonl', examples: ['csv'] }),
  },
  { additionalProperties: false },
);

export const AuditAnswer = Named(
  'AuditEntry',
  Type.Object({
    seq: Type.Integer({ description: 'In the order in which it was stored', examples: [42] }),
    at: Timestamp,
    actor: Type.Object({
      kind: Type.Enum(['user', 'key', 'phone', 'system'], { examples: ['user'] }),
      id: Type.String({ examples: ['elena'] }),
      name: Type.String({ examples: ['Elena Prieto'] }),
    }),
    action: Type.String({ examples: ['queue.changed'] }),
    object: Type.Object({
      kind: Type.String({ examples: ['queue'] }),
      id: Type.String({ examples: ['ventas'] }),
    }),
    before: Type.Optional(Type.Unknown({ description: 'Absent: it was not there' })),
    after: Type.Optional(Type.Unknown({ description: 'Absent: it is not there any more' })),
  }),
);
export const AuditPage = PageOf(AuditAnswer);
