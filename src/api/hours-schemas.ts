import Type from 'typebox';
import { type DaySpan, WEEKDAYS, type WeeklyHours } from '../lib/hours.ts';

const Clock = (example: string) =>
  Type.String({ pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', examples: [example] });

const span = {
  from: Clock('10:00'),
  to: { ...Clock('14:00'), description: 'Not after `from`: of the next day' },
};

export const Spans = (maxItems: number) =>
  Type.Unsafe<readonly DaySpan[]>(
    Type.Array(Type.Object(span, { additionalProperties: false }), { maxItems }),
  );

export const Hours = Type.Unsafe<WeeklyHours>(
  Type.Array(
    Type.Object(
      {
        days: Type.Array(Type.Enum([...WEEKDAYS]), { minItems: 1, maxItems: 7, uniqueItems: true }),
        ...span,
      },
      { additionalProperties: false },
    ),
    { maxItems: 50, description: 'Weekly, on the clocks of the zone' },
  ),
);
