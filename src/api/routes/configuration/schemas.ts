import Type from 'typebox';
import { FINDING_CODES } from '../../../model/finding.ts';

export const Finding = Type.Object({
  severity: Type.Enum(['error', 'warning'], {
    description: 'error: it is refused · warning: it works, and not as anybody can have meant it',
    examples: ['warning'],
  }),
  code: Type.Enum([...FINDING_CODES], { examples: ['QUEUE_UNSERVABLE'] }),
  place: Type.String({ examples: ['queues/ventas'] }),
  message: Type.String({
    examples: [
      'Queue ventas: none of its 4 agents can ever have a call, even when it asks for no more than ventas 9.',
    ],
  }),
});

export const Findings = Type.Object({
  findings: Type.Array(Finding, { description: 'Empty: nothing stands out' }),
});

export const LintQuery = Type.Object(
  {
    callsPerMonth: Type.Optional(
      Type.String({
        maxLength: 4_000,
        pattern: '^[A-Za-z0-9._-]+:[0-9]{1,9}(,[A-Za-z0-9._-]+:[0-9]{1,9})*$',
        description: 'Calls a month by queue, for what a configuration alone cannot say',
        examples: ['ventas:3000,soporte:800'],
      }),
    ),
  },
  { additionalProperties: false },
);
