import Type, { type Static } from 'typebox';
import { queueId } from '../../model/ids.ts';
import { type NodeKind, type Outcome, OVER, spokenAt } from '../node.ts';
import { patterned } from '../patterned.ts';
import { PromptRefs, type Texts } from '../prompt-schema.ts';
import type { Turn } from '../turn.ts';
import type { FlowEvent } from '../vocabulary.ts';

/**
 * Promises to ring the caller back. Who comes here from a queue by a key keeps their place there, and waits on while
 * this is talked over.
 *
 *   entered ─▶ offering ──1──────────────────────────────▶ timing? ──key──▶ asking ──made──▶ saying ─▶ `next`, hangup
 *     │           └──2──▶ typing ──#, silence, 15 digits──▶                    │ refused
 *     └ anonymous ──────────▲                                                  ▼
 *                            └───────────── number, notAllowed ◀── try again, or `failed`
 *
 * | event           | in       | comes to                                                              |
 * |-----------------|----------|-----------------------------------------------------------------------|
 * | entered         |          | the offer with the caller's own number; without one, typing           |
 * | digit           | offering | 1: this number · 2: another one · else once more                      |
 * | digit           | typing   | one digit more; `#` ends                                              |
 * | digit           | timing   | that time                                                             |
 * | timeout         | typing   | the digits are all there are                                          |
 * | timeout         | others   | once more, `retries` times, then `failed`                             |
 * | callbackMade    | asking   | says so                                                               |
 * | callbackRefused | asking   | typing again where another number may help, else `failed`             |
 * | played          | saying   | `next`, or hangup                                                     |
 */
const Time = Type.Object(
  {
    key: patterned('^[0-9]$', 'a key from 0 to 9, in quotation marks'),
    afterMinutes: Type.Integer({ minimum: 0, maximum: 10_080 }),
  },
  { additionalProperties: false },
);

const Callback = Type.Object(
  {
    type: Type.Literal('callback'),
    queue: Type.String({ minLength: 1, description: 'Of callers who are in no queue.' }),
    prompts: Type.Optional(PromptRefs),
    askNumber: Type.Optional(PromptRefs),
    /** When the caller may be rung, by key. */
    times: Type.Optional(Type.Array(Time, { minItems: 1, maxItems: 10 })),
    askTime: Type.Optional(PromptRefs),
    made: Type.Optional(PromptRefs),
    invalid: Type.Optional(PromptRefs),
    timeoutSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: 60, default: 7 })),
    retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 10, default: 2 })),
    next: Type.Optional(Type.String({ minLength: 1 })),
    failed: Type.String({
      minLength: 1,
      description: 'Where to go when no promise is made: back to the queue, say.',
    }),
  },
  { additionalProperties: false },
);
type Callback = Static<typeof Callback>;

interface Talk {
  readonly phase: 'offering' | 'typing' | 'timing' | 'asking' | 'saying';
  readonly failures: number;
  /** Absent: the number that they call from. */
  readonly number?: string;
}

const OFFER: Texts = {
  es: 'Le llamaremos cuando le toque el turno, al número {ani | phone}. Si es correcto, pulse uno. Para que le llamemos a otro número, pulse dos.',
  'es-MX':
    'Le llamaremos cuando le toque su turno, al número {ani | phone}. Si es correcto, marque uno. Para que le llamemos a otro número, marque dos.',
  en: 'We will call you when it is your turn, on {ani | phone}. If that is right, press one. For another number, press two.',
};
const ASK_NUMBER: Texts = {
  es: 'Introduzca el número al que quiere que le llamemos, y después la almohadilla.',
  'es-MX': 'Marque el número al que desea que le llamemos, y después la tecla de gato.',
  en: 'Please enter the number that we should call, followed by the hash key.',
};
const MADE: Texts = {
  es: 'De acuerdo. Le llamaremos. Gracias y hasta pronto.',
  en: 'All right. We will call you back. Thank you, and goodbye.',
};
const INVALID: Texts = {
  es: 'Lo siento, no podemos llamar a ese número.',
  en: 'Sorry, we cannot call that number.',
};
const DIGITS_MAX = 15;
const TIMEOUT_SECONDS = 7;
const RETRIES = 2;
const MINUTE_MS = 60_000;

export const callback: NodeKind<Callback, Talk> = {
  type: 'callback',
  summary: 'Promises to ring the caller back.',
  schema: Callback,
  ends: true,
  exits: (node) => [
    ...(node.next ? [{ to: node.next, place: 'next', paced: true }] : []),
    { to: node.failed, place: 'failed', paced: false },
  ],
  prompts: (node) => [
    ...spokenAt('prompts', node.prompts ?? [OFFER]),
    ...spokenAt('askNumber', node.askNumber ?? [ASK_NUMBER]),
    ...spokenAt('askTime', node.askTime),
    ...spokenAt('made', node.made ?? [MADE]),
    ...spokenAt('invalid', node.invalid ?? [INVALID]),
  ],
  check: (node, known) => [
    ...(known.queueIds.includes(node.queue) ? [] : [`queue: there is no queue ${node.queue}`]),
    ...(Boolean(node.times) === Boolean(node.askTime)
      ? []
      : ['askTime: times and the question for them belong together']),
  ],
  enter(node, turn) {
    const { ani } = turn.context;
    return ani === undefined
      ? askNumber(node, 0, turn)
      : ask(node, { phase: 'offering', failures: 0 }, node.prompts ?? [OFFER], turn);
  },
  on(node, talk, event, turn) {
    if (event.type === 'digit') return press(node, talk, event.digit, turn);
    if (event.type === 'timeout') return silent(node, talk, turn);
    if (event.type === 'played') return heardOut(node, talk, turn);
    if (talk.phase !== 'asking') return { stay: talk };
    return answered(node, talk, event, turn);
  },
};

function ask(
  node: Callback,
  talk: Talk,
  prompts: Static<typeof PromptRefs>,
  turn: Turn,
): Outcome<Talk> {
  const key = turn.takeKey();
  if (key !== undefined) return press(node, talk, key, turn);
  turn.play(prompts);
  return { stay: talk };
}

function askNumber(
  node: Callback,
  failures: number,
  turn: Turn,
  first: Static<typeof PromptRefs> = [],
): Outcome<Talk> {
  turn.forgetKeys();
  const prompts = [...first, ...(node.askNumber ?? [ASK_NUMBER])];
  return ask(node, { phase: 'typing', failures, number: '' }, prompts, turn);
}

function press(node: Callback, talk: Talk, key: string, turn: Turn): Outcome<Talk> {
  switch (talk.phase) {
    case 'offering':
      turn.quiet();
      if (key === '1') return askTime(node, talk, turn);
      if (key === '2') return askNumber(node, talk.failures, turn);
      return again(node, talk, node.prompts ?? [OFFER], turn);
    case 'typing':
      turn.quiet();
      return type(node, talk, key, turn);
    case 'timing': {
      turn.quiet();
      const time = node.times?.find((one) => one.key === key);
      if (!time) return again(node, talk, node.askTime ?? [], turn);
      return request(node, talk, turn, turn.now + time.afterMinutes * MINUTE_MS);
    }
    default:
      return { stay: talk };
  }
}

function type(node: Callback, talk: Talk, key: string, turn: Turn): Outcome<Talk> {
  if (key === '#') return typed(node, talk, turn);
  if (key === '*') return askNumber(node, talk.failures, turn);
  const longer = { ...talk, number: `${talk.number ?? ''}${key}` };
  if (longer.number.length >= DIGITS_MAX) return typed(node, longer, turn);
  wait(node, turn);
  return { stay: longer };
}

function typed(node: Callback, talk: Talk, turn: Turn): Outcome<Talk> {
  if (talk.number) return askTime(node, talk, turn);
  return failed(node, talk, turn) ?? askNumber(node, talk.failures + 1, turn);
}

function askTime(node: Callback, talk: Talk, turn: Turn): Outcome<Talk> {
  if (!node.times || !node.askTime) return request(node, talk, turn);
  return ask(node, { ...talk, phase: 'timing' }, node.askTime, turn);
}

function request(node: Callback, talk: Talk, turn: Turn, at?: number): Outcome<Talk> {
  turn.effect({
    type: 'callback',
    queueId: queueId(node.queue),
    ...(talk.number === undefined ? {} : { number: talk.number }),
    ...(at === undefined ? {} : { at }),
  });
  return { stay: { ...talk, phase: 'asking' } };
}

function answered(node: Callback, talk: Talk, event: FlowEvent, turn: Turn): Outcome<Talk> {
  if (event.type === 'callbackMade') {
    turn.waitsNoMore();
    turn.play(node.made ?? [MADE]);
    return { stay: { ...talk, phase: 'saying' } };
  }
  if (event.type !== 'callbackRefused') return { stay: talk };
  turn.note('flow.callbackRefused', { node: turn.state.node, why: event.why });
  if (event.why === 'refused') return { to: node.failed };
  const over = failed(node, talk, turn);
  return over ?? askNumber(node, talk.failures + 1, turn, node.invalid ?? [INVALID]);
}

function silent(node: Callback, talk: Talk, turn: Turn): Outcome<Talk> {
  if (talk.phase === 'typing') return typed(node, talk, turn);
  if (talk.phase === 'offering') return again(node, talk, node.prompts ?? [OFFER], turn);
  if (talk.phase === 'timing') return again(node, talk, node.askTime ?? [], turn);
  return { stay: talk };
}

function heardOut(node: Callback, talk: Talk, turn: Turn): Outcome<Talk> {
  if (talk.phase !== 'saying') {
    wait(node, turn);
    return { stay: talk };
  }
  if (node.next) return { to: node.next };
  turn.effect({ type: 'hangup', reason: 'flowEnded' });
  return OVER;
}

function again(
  node: Callback,
  talk: Talk,
  prompts: Static<typeof PromptRefs>,
  turn: Turn,
): Outcome<Talk> {
  turn.forgetKeys();
  return (
    failed(node, talk, turn) ?? ask(node, { ...talk, failures: talk.failures + 1 }, prompts, turn)
  );
}

/** Undefined: not so often that it would be given up. */
function failed(
  node: Callback,
  { failures }: Talk,
  turn: Turn,
): { readonly to: string } | undefined {
  if (failures < (node.retries ?? RETRIES)) return undefined;
  turn.note('flow.noMatch', { node: turn.state.node, failures: failures + 1 });
  return { to: node.failed };
}

const wait = (node: Callback, turn: Turn): void =>
  turn.startTimer((node.timeoutSeconds ?? TIMEOUT_SECONDS) * 1_000);
