import Type from 'typebox';
import { Named } from '../../schemas.ts';

export const Alive = Named('Alive', Type.Object({ status: Type.Enum(['ok']) }));

export const Readiness = Named(
  'Readiness',
  Type.Object({
    status: Type.Enum(['ok', 'degraded', 'failing'], {
      description:
        '`degraded`: calls are taken, and something that `detail` names is not as it should be.',
    }),
    checks: Type.Array(
      Type.Object({
        name: Type.String({ examples: ['database'] }),
        ok: Type.Boolean(),
        detail: Type.Optional(Type.String()),
      }),
    ),
  }),
);

export const Metrics = Type.String({ description: 'Prometheus text format' });

export const FlowSchema = Type.Unsafe<object>({ type: 'object', additionalProperties: true });
export const AsyncapiDocument = Type.Unsafe<object>({ type: 'object', additionalProperties: true });
export const OpenapiDocument = Type.Unsafe<object>({ type: 'object', additionalProperties: true });
