import Type, { type Static } from 'typebox';
import { Hidden } from '../../lib/hidden.ts';
import { AskingFields, askAgain, askingPrompts, awaitAnswer, failedExit } from '../asking.ts';
import { VariableName } from '../assignments.ts';
import {
  DIGIT_CHECKS,
  DIGIT_PATTERN,
  type DigitCheck,
  fitsPattern,
  patternLength,
} from '../digit-checks.ts';
import { type NodeKind, type Outcome, spokenAt } from '../node.ts';
import { patterned } from '../patterned.ts';
import { PromptRefs } from '../prompt-schema.ts';
import { KEYS_MAX } from '../state.ts';
import type { Turn } from '../turn.ts';

/**
 * Asks for several digits, and keeps them in a variable. The asking is that of every node that asks (`asking.ts`);
 * between the question and the answer:
 *
 *                        ┌─digit: inter-digit timer─┐      `*`: all digits so far are forgotten
 *                        ▼                          │
 *   asked ──digit──▶ typing ────────────────────────┘
 *                        │ terminator, enough digits, silence, whole time
 *                        ▼
 *                    are they good? ──yes, to be confirmed──▶ confirming ──key──▶ kept ─▶ `next`
 *                        │ no           └─yes──▶ kept ─▶ `next`    └─other key, silence─┐
 *                        └─▶ no match, or no input when there are none ◀────────────────┘
 *
 * | event   | in                | comes to                                                                    |
 * |---------|-------------------|-----------------------------------------------------------------------------|
 * | entered |                   | keys typed ahead are taken as if they were typed now; else the prompts      |
 * | played  | asked, confirming | the first-digit timer                                                       |
 * | digit   | asked, typing     | the prompt stops; one digit more, or the end of them                        |
 * | digit   | confirming        | the prompt stops; kept, or no match                                         |
 * | timeout | asked, confirming | no input                                                                    |
 * | timeout | typing            | the digits are all there are                                                |
 *
 * Secret digits are kept in `FlowState.secrets` alone, and the shell is told when they begin and end (`secret`). They
 * are in no variable, note, prompt or log.
 */
const Collect = Type.Object(
  {
    type: Type.Literal('collect'),
    ...AskingFields,
    variable: VariableName,
    minDigits: Type.Optional(Type.Integer({ minimum: 1, maximum: KEYS_MAX, default: 1 })),
    maxDigits: Type.Integer({ minimum: 1, maximum: KEYS_MAX }),
    terminator: Type.Optional(Type.Enum(['#', '*', 'none'], { default: '#' })),
    interDigitSeconds: Type.Optional(Type.Number({ minimum: 0.5, maximum: 30, default: 3 })),
    wholeSeconds: Type.Optional(
      Type.Number({ minimum: 1, maximum: 300, default: 30, description: 'From the first digit.' }),
    ),
    check: Type.Optional(Type.Enum(Object.keys(DIGIT_CHECKS) as DigitCheck[])),
    patterns: Type.Optional(
      Type.Array(patterned(DIGIT_PATTERN, 'digits, x for any, and sets such as [1-5]'), {
        ...{ minItems: 1, maxItems: 20 },
        description: 'One of them fits: a place is a digit, x for any, or a set such as [1-5].',
      }),
    ),
    confirm: Type.Optional(
      Type.Object(
        {
          prompts: PromptRefs,
          key: Type.Optional(
            patterned('^[0-9*#]$', 'a key of a telephone: 0 to 9, * or #', { default: '1' }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    secret: Type.Optional(Type.Boolean({ default: false })),
    next: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);
type Collect = Static<typeof Collect>;

const INTER_DIGIT_SECONDS = 3;
const WHOLE_SECONDS = 30;

interface Collecting {
  readonly failures: number;
  /** Typed so far; hidden, because they may be secret. */
  readonly digits: Hidden<string>;
  /** When the digits have to be complete; absent before the first. */
  readonly endsAt?: number;
  readonly confirming?: true;
}

const NOTHING = new Hidden('');
const typedIn = ({ digits }: Collecting): string => Hidden.reveal(digits, '');

export const collect: NodeKind<Collect, Collecting> = {
  type: 'collect',
  summary: 'Asks for several digits and keeps them in a variable.',
  schema: Collect,
  exits: (node) => [{ to: node.next, place: 'next', paced: true }, failedExit(node)],
  prompts: (node) => [
    ...askingPrompts(node),
    ...spokenAt('confirm.prompts', node.confirm?.prompts),
  ],
  secrets: ({ secret, variable }) => (secret ? [variable] : []),
  check: (node) => contradictions(node),
  enter(node, turn) {
    if (node.secret) turn.typeInSecret();
    const outcome = typedAhead(node, { failures: 0, digits: NOTHING }, turn);
    if ('stay' in outcome && typedIn(outcome.stay) === '' && !turn.state.playing)
      turn.play(node.prompts);
    return outcome;
  },
  on(node, local, event, turn) {
    if (event.type === 'digit') return press(node, local, event.digit, turn);
    if (event.type === 'timeout') return silence(node, local, turn);
    if (event.type === 'played') awaitAnswer(node, turn);
    return { stay: local };
  },
};

/** Keys that were kept are pressed now, until the node asks anew or is over. */
function typedAhead(node: Collect, first: Collecting, turn: Turn): Outcome<Collecting> {
  let outcome: Outcome<Collecting> = { stay: first };
  for (let key = turn.takeKey(); key !== undefined; key = turn.takeKey()) {
    if (!('stay' in outcome)) break;
    outcome = press(node, outcome.stay, key, turn);
    if (!('stay' in outcome)) break;
  }
  return outcome;
}

function press(node: Collect, local: Collecting, key: string, turn: Turn): Outcome<Collecting> {
  turn.quiet();
  if (local.confirming) {
    if (key === (node.confirm?.key ?? '1')) return keep(node, typedIn(local), turn);
    return again(node, local, 'noMatch', turn);
  }
  const terminator = node.terminator ?? '#';
  if (key === terminator) return complete(node, local, turn);
  if (key === '*') return waitForMore(node, { ...local, digits: NOTHING }, turn);
  if (!/^\d$/.test(key)) return waitForMore(node, local, turn);
  const digits = new Hidden(typedIn(local) + key);
  const endsAt = local.endsAt ?? turn.now + (node.wholeSeconds ?? WHOLE_SECONDS) * 1_000;
  const typed = { ...local, digits, endsAt };
  const enough = typedIn(typed).length >= node.maxDigits;
  return enough ? complete(node, typed, turn) : waitForMore(node, typed, turn);
}

/** Waits for the next digit: not longer than the node gives for one, nor for all. */
function waitForMore(node: Collect, local: Collecting, turn: Turn): Outcome<Collecting> {
  if (typedIn(local) === '') awaitAnswer(node, turn);
  else {
    const leftMs = (local.endsAt ?? turn.now) - turn.now;
    const nextMs = (node.interDigitSeconds ?? INTER_DIGIT_SECONDS) * 1_000;
    turn.startTimer(Math.max(1, Math.min(leftMs, nextMs)));
  }
  return { stay: local };
}

function silence(node: Collect, local: Collecting, turn: Turn): Outcome<Collecting> {
  const typing = typedIn(local) !== '' && !local.confirming;
  return typing ? complete(node, local, turn) : again(node, local, 'noInput', turn);
}

function complete(node: Collect, local: Collecting, turn: Turn): Outcome<Collecting> {
  const digits = typedIn(local);
  if (!isGood(node, digits)) return again(node, local, 'noMatch', turn);
  if (!node.confirm) return keep(node, digits, turn);
  learn(node, digits, turn);
  turn.play(node.confirm.prompts);
  const [key] = turn.state.keys;
  const confirming = { ...local, confirming: true } as const;
  return key === undefined
    ? { stay: confirming }
    : press(node, confirming, turn.takeKey() ?? '', turn);
}

function keep(node: Collect, digits: string, turn: Turn): Outcome<Collecting> {
  learn(node, digits, turn);
  turn.note('flow.collected', { node: turn.state.node, digits: digits.length });
  return { to: node.next };
}

function learn({ variable, secret }: Collect, digits: string, turn: Turn): void {
  if (secret) return turn.keepSecret(variable, digits);
  const { context } = turn;
  turn.setContext({ ...context, variables: { ...context.variables, [variable]: digits } });
}

function again(
  node: Collect,
  { failures }: Collecting,
  why: 'noInput' | 'noMatch',
  turn: Turn,
): Outcome<Collecting> {
  const asked = askAgain(node, failures, why, turn);
  return 'to' in asked ? asked : { stay: { failures: asked.failures, digits: NOTHING } };
}

function isGood(node: Collect, digits: string): boolean {
  const { minDigits = 1, maxDigits, check, patterns } = node;
  if (digits.length < minDigits || digits.length > maxDigits) return false;
  if (check && !DIGIT_CHECKS[check](digits)) return false;
  return !patterns || patterns.some((pattern) => fitsPattern(digits, pattern));
}

function contradictions(node: Collect): readonly string[] {
  const { minDigits = 1, maxDigits, confirm, secret, patterns = [] } = node;
  const problems: string[] = [];
  if (minDigits > maxDigits) problems.push(`minDigits: ${minDigits} is more than maxDigits`);
  if (secret && confirm) problems.push('confirm: secret digits are not read out');
  patterns.forEach((pattern, at) => {
    const length = patternLength(pattern);
    if (length < minDigits || length > maxDigits)
      problems.push(`patterns[${at}]: asks for ${length} digits, which nobody may type`);
  });
  return problems;
}
