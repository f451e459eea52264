import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { err, ok, type Result } from '../lib/result.ts';
import { EXPRESSION_NAMES, type Scope } from './expression-names.ts';
import { strangerIn } from './expression-subset.ts';

export const EXPRESSION_CHARACTERS_MAX = 1_000;

/**
 * Limits of what is read at all. With them, and without loops (expression-subset.ts), no evaluation takes more
 * than 200 steps, none of them longer than the texts that it is about.
 */
const LIMITS = {
  maxAstNodes: 200,
  maxDepth: 30,
  maxListElements: 50,
  maxMapEntries: 0,
  maxCallArguments: 3,
};

/** Of a number that is nearer to zero nothing is left. */
const DECIMALS_MAX = 20;

/** Optional types are CEL's own way to a default: `variables.?saldo.orValue("0")`. */
const ENVIRONMENT = new Environment({ enableOptionalTypes: true, limits: LIMITS });
for (const { name, type, description } of EXPRESSION_NAMES)
  ENVIRONMENT.registerVariable(name, type, { description });

/** Numbers without a fraction are bigints of 64 bits, as CEL has them. */
export type Value = string | bigint | number | boolean;
const TYPES = ['string', 'int', 'double', 'bool'] as const;
export type ValueType = (typeof TYPES)[number];

/** An expression that was read and checked once; evaluated as often as one likes. */
export interface Expression {
  readonly text: string;
  readonly type: ValueType;
  readonly names: readonly (typeof EXPRESSION_NAMES)[number][];
  readonly run: ParseResult;
}

/** Why a text is no expression, and after how many of its characters that shows. */
export interface ExpressionProblem {
  readonly at: number;
  readonly why: string;
}

/** Reads and checks an expression. Unknown names, wrong types, and what could take long are refused here. */
export function compileExpression(text: string): Result<Expression, ExpressionProblem> {
  if (text.length > EXPRESSION_CHARACTERS_MAX)
    return problem(EXPRESSION_CHARACTERS_MAX, `is longer than ${EXPRESSION_CHARACTERS_MAX}`);
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const run = parsed.value;
  const stranger = strangerIn(run.ast);
  if (stranger) return err(stranger);
  const { valid, type, error } = run.check();
  if (!valid) return problem(error?.range?.start ?? 0, typeProblem(error?.summary ?? ''));
  const known = TYPES.find((candidate) => candidate === type);
  if (!known) return problem(0, `comes to ${type}; it must come to ${TYPES.join(', ')}`);
  const names = EXPRESSION_NAMES.filter(({ name }) => text.includes(name));
  return ok({ text, type: known, names, run });
}

/**
 * What the expression comes to for this call. What can go wrong are values: a variable that is missing, a text
 * that is no number. The reason names a part of the expression, never what a caller said or typed.
 */
export function evaluate(expression: Expression, scope: Scope): Result<Value, string> {
  const context = Object.fromEntries(
    expression.names.map(({ name, read }): [string, unknown] => [name, read(scope)]),
  );
  try {
    const value: Value = expression.run(context);
    const isLost = typeof value === 'number' && !Number.isFinite(value);
    return isLost ? err(`${expression.text}: comes to no number`) : ok(value);
  } catch (error) {
    return err(reason(error, expression.text));
  }
}

/** As a variable holds it: `true`, `21`, `0.5`. */
export const asText = (value: Value): string =>
  typeof value === 'number' ? numberText(value) : String(value);

/**
 * Without an exponent; and three decimals get a fourth, which leaves the number what it is: "12.528" could be read as
 * thousands by whoever says it.
 */
function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text.replace(/\.\d{3}$/, '$&0');
  return Number.isInteger(value)
    ? BigInt(value).toString()
    : value.toFixed(DECIMALS_MAX).replace(/\.?0+$/, '');
}

function parse(text: string): Result<ParseResult, ExpressionProblem> {
  try {
    return ok(ENVIRONMENT.parse(text));
  } catch (error) {
    const { code, summary, at } = flaw(error);
    return problem(at, code === 'limit_exceeded' ? `is too large: ${summary}` : summary);
  }
}

/** What the library says of types, with the remedy for what authors forget most. */
function typeProblem(summary: string): string {
  const mixed = /string .* (int|double)|(int|double) .* string/.test(summary);
  return mixed ? `${summary}; int(…) or double(…) makes a number of a text` : summary;
}

const problem = (at: number, why: string): Result<never, ExpressionProblem> => err({ at, why });

const REASONS: Readonly<Record<string, string>> = {
  no_such_key: 'there is no such variable',
  int_conversion_error: 'is not a whole number',
  double_conversion_error: 'is not a number',
  bool_conversion_error: 'is neither true nor false',
  numeric_overflow: 'is too large a number',
  division_by_zero: 'is divided by zero',
  modulo_by_zero: 'is divided by zero',
  index_out_of_range: 'is not that long',
  index_out_of_bounds: 'is not that long',
};

function reason(error: unknown, text: string): string {
  const { code, at, end } = flaw(error);
  const part = end > at ? text.slice(at, end) : text;
  return `${part}: ${REASONS[code] ?? 'cannot be told'}`;
}

interface Flaw {
  readonly code: string;
  readonly summary: string;
  readonly at: number;
  readonly end: number;
}

/** The library's errors carry these; whatever else is thrown is our own mistake, and still no reason to lose a call. */
function flaw(error: unknown): Flaw {
  const { code = '', summary = 'cannot be read', range } = error as Partial<LibraryError>;
  return { code, summary, at: range?.start ?? 0, end: range?.end ?? 0 };
}

interface LibraryError {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
}
