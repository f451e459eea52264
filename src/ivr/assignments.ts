import Type, { type Static, type TStringOptions } from 'typebox';
import type { CallContext } from '../model/call.ts';
import { LANGUAGES, type Language } from '../model/contact.ts';
import { asText, EXPRESSION_CHARACTERS_MAX } from './expression.ts';
import type { ExpressionAt } from './node.ts';
import { patterned } from './patterned.ts';
import { LanguageName } from './prompt-schema.ts';
import type { Turn } from './turn.ts';

export const VARIABLE_CHARACTERS_MAX = 1_000;
/** A call's variables go into its record: a flow that makes new ones for ever is stopped here. */
export const VARIABLES_MAX = 200;
const strict = { additionalProperties: false };

/** An expression, as a condition or in the place of a value. */
export const ExpressionText = Type.String({
  minLength: 1,
  maxLength: EXPRESSION_CHARACTERS_MAX,
  description: 'CEL, for example int(variables.saldo) > 100; see docs/flows.md',
});
const Computed = Type.Object({ expression: ExpressionText }, strict);
type Computed = Static<typeof Computed>;

/** `variables.NAME` in expressions and prompts. */
export const VARIABLE_NAME = '[A-Za-z0-9_-]{1,50}';
export const variableName = (options: TStringOptions = {}) =>
  patterned(`^${VARIABLE_NAME}$`, 'a name of letters, digits, - and _', options);
export const VariableName = variableName();

/** What is learnt about a call: each value as it stands, or by an expression. */
export const Assignments = Type.Object(
  {
    intent: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Computed])),
    language: Type.Optional(Type.Union([LanguageName, Computed])),
    variables: Type.Optional(
      Type.Record(
        VariableName,
        Type.Union([Type.String({ maxLength: VARIABLE_CHARACTERS_MAX }), Computed]),
        strict,
      ),
    ),
  },
  { ...strict, description: 'What is learnt about the call here.' },
);
export type Assignments = Static<typeof Assignments>;
type Assigned<T> = T | Computed | undefined;

/** The expressions among the assignments of `place`. */
export function assignedExpressions(
  set: Assignments | undefined,
  place: string,
): readonly ExpressionAt[] {
  const values: (readonly [string, Assigned<string>])[] = [
    ['intent', set?.intent],
    ['language', set?.language],
    ...Object.entries(set?.variables ?? {}).map(
      ([name, value]) => [`variables.${name}`, value] as const,
    ),
  ];
  return values.flatMap(([name, value]) =>
    typeof value === 'object'
      ? [{ place: join(place, `${name}.expression`), text: value.expression }]
      : [],
  );
}

/** A language that is set although the flow cannot speak it. */
export function unspokenLanguage(
  set: Assignments | undefined,
  place: string,
  spoken: readonly Language[],
): readonly string[] {
  const language = set?.language;
  return typeof language !== 'string' || spoken.includes(language)
    ? []
    : [`${join(place, 'language')}: the flow does not speak ${language}`];
}

/**
 * Puts the assignments into the call's context. All expressions see the call as it was before. One that cannot be
 * told leaves its field as it was; one that is no language leaves the language.
 */
export function learn(set: Assignments | undefined, turn: Turn): void {
  if (!set) return;
  const { context } = turn;
  const intent = assignedText(set.intent, turn);
  const language = LANGUAGES.find((known) => known === assignedText(set.language, turn));
  const variables = { ...context.variables };
  for (const [name, assigned] of Object.entries(set.variables ?? {})) {
    const value = assignedText(assigned, turn);
    if (value !== undefined) variables[name] = value.slice(0, VARIABLE_CHARACTERS_MAX);
  }
  turn.setContext({
    ...context,
    ...(intent === undefined ? {} : { intent }),
    ...(language === undefined ? {} : { language, languageChosen: true as const }),
    variables: withinLimit(variables, context, turn),
  });
}

function assignedText(assigned: Assigned<string>, turn: Turn): string | undefined {
  if (typeof assigned !== 'object') return assigned;
  const value = turn.evaluate(assigned.expression);
  return value === undefined ? undefined : asText(value);
}

/** The variables, or those that the context had if there would be too many. */
export function withinLimit(
  variables: CallContext['variables'],
  context: CallContext,
  turn: Turn,
): CallContext['variables'] {
  if (Object.keys(variables).length <= VARIABLES_MAX) return variables;
  turn.note('flow.tooManyVariables', { node: turn.state.node, limit: VARIABLES_MAX });
  return context.variables;
}

const join = (place: string, field: string): string => (place === '' ? field : `${place}.${field}`);
