import Type, { type Static } from 'typebox';
import type { CallContext } from '../../model/call.ts';
import { ExpressionText } from '../assignments.ts';
import type { NodeKind } from '../node.ts';
import { patterned } from '../patterned.ts';
import { contextField } from '../places.ts';
import type { Turn } from '../turn.ts';

/**
 * Goes where what is known of the call points: the first case that holds, or `otherwise`. It takes no time.
 *
 * | condition | holds when the field                                       |
 * |-----------|------------------------------------------------------------|
 * | equals    | is that very text                                          |
 * | in        | is one of those texts                                      |
 * | exists    | has a value (true), has none (false); an empty one is none |
 *
 * A condition may be an expression as well: it holds when that comes to true. One that cannot be told (a variable
 * that is missing, a text that is no number) does not hold, and the call's history says why.
 */
const FIELDS = 'status, intent, language, name, ani, dnis or variables.NAME';
const Field = patterned(
  '^(status|intent|language|name|ani|dnis|variables\\.[A-Za-z0-9_-]{1,50})$',
  FIELDS,
  { description: FIELDS },
);
const strict = { additionalProperties: false };

const Equals = Type.Object({ field: Field, equals: Type.String() }, strict);
const In = Type.Object({ field: Field, in: Type.Array(Type.String(), { minItems: 1 }) }, strict);
const Exists = Type.Object({ field: Field, exists: Type.Boolean() }, strict);
const Condition = Type.Union([ExpressionText, Equals, In, Exists]);
type Condition = Static<typeof Condition>;

const Branch = Type.Object(
  {
    type: Type.Literal('branch'),
    cases: Type.Array(Type.Object({ if: Condition, next: Type.String({ minLength: 1 }) }, strict), {
      minItems: 1,
      maxItems: 50,
    }),
    otherwise: Type.String({ minLength: 1 }),
  },
  strict,
);

export const branch: NodeKind<Static<typeof Branch>, null> = {
  type: 'branch',
  summary: 'Goes where what is known of the call points.',
  schema: Branch,
  exits: (node) => [
    ...node.cases.map(({ next }, at) => ({ to: next, place: `cases[${at}].next`, paced: false })),
    { to: node.otherwise, place: 'otherwise', paced: false },
  ],
  prompts: () => [],
  expressions: (node) =>
    node.cases.flatMap(({ if: condition }, at) =>
      typeof condition === 'string'
        ? [{ place: `cases[${at}].if`, text: condition, type: 'bool' }]
        : [],
    ),
  enter(node, turn) {
    const found = node.cases.find((candidate) => holds(candidate.if, turn));
    return { to: found?.next ?? node.otherwise };
  },
  on: (_node, local) => ({ stay: local }),
};

function holds(condition: Condition, turn: Turn): boolean {
  return typeof condition === 'string'
    ? turn.evaluate(condition) === true
    : fieldHolds(condition, turn.context);
}

function fieldHolds(condition: Exclude<Condition, string>, context: CallContext): boolean {
  const value = contextField(context, condition.field);
  if ('equals' in condition) return value === condition.equals;
  if ('in' in condition) return value !== undefined && condition.in.includes(value);
  return (value !== undefined && value !== '') === condition.exists;
}
