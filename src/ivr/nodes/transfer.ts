import Type, { type Static } from 'typebox';
import { queueId } from '../../model/ids.ts';
import { PRIORITY_MAX, PRIORITY_MIN } from '../../model/queue.ts';
import { type NodeKind, type Outcome, spokenAt } from '../node.ts';
import { patterned } from '../patterned.ts';
import { contextField } from '../places.ts';
import { PromptRefs } from '../prompt-schema.ts';
import type { Turn } from '../turn.ts';
import type { FlowEvent, TransferTarget } from '../vocabulary.ts';
import { priorityOf } from './queue.ts';

/**
 * Connects the caller with somebody: a queue, a phone of the house, a number or a SIP address outside. Outside only
 * where the house may call (ALLOWED_DESTINATIONS), and whoever picks up there presses 1 first unless `accept` is false.
 *
 *   entered ─▶ saying ──played──▶ connecting ──answered──▶ they talk; whoever hangs up ends the call
 *                                     └──transferFailed, queueLeft──▶ `busy`, `noAnswer`, `failed`
 *
 * | event          | in         | comes to                                                         |
 * |----------------|------------|------------------------------------------------------------------|
 * | entered        |            | play the prompts, if there are any; then transfer, or enqueue    |
 * | played         | saying     | transfer, or enqueue                                             |
 * | transferFailed | connecting | `busy`, `noAnswer`; `failed` for what is not allowed, or broken  |
 * | queueLeft      | connecting | full: `busy` · timeout, overflow: `noAnswer` · else `failed`     |
 */
const VARIABLE = '\\{variables\\.[A-Za-z0-9_-]{1,50}\\}';
const or = (pattern: string, mustBe: string) =>
  patterned(`^(${pattern}|${VARIABLE})$`, `${mustBe}, or {variables.NAME}`);
const strict = { additionalProperties: false };

const Transfer = Type.Object(
  {
    type: Type.Literal('transfer'),
    to: Type.Union([
      Type.Object(
        {
          queue: Type.String({ minLength: 1 }),
          priority: Type.Optional(Type.Integer({ minimum: PRIORITY_MIN, maximum: PRIORITY_MAX })),
        },
        strict,
      ),
      Type.Object({ extension: or('[0-9A-Za-z]{1,32}', 'an extension') }, strict),
      Type.Object({ number: or('\\+?[0-9]{3,15}', 'a telephone number without spaces') }, strict),
      Type.Object(
        {
          sip: patterned('^sip:[^@\\s]+@[^\\s]+$', 'an address such as sip:ana@example.com', {
            maxLength: 300,
          }),
        },
        strict,
      ),
    ]),
    prompts: Type.Optional(PromptRefs),
    ringSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 120, default: 25 })),
    accept: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'Whoever picks up outside is asked for a key before they have the caller, because a voicemail picks up as well. False: a switchboard, which presses none.',
      }),
    ),
    busy: Type.String({ minLength: 1 }),
    noAnswer: Type.String({ minLength: 1 }),
    failed: Type.String({ minLength: 1 }),
  },
  strict,
);
type Transfer = Static<typeof Transfer>;
type Phase = 'saying' | 'connecting';

const RING_SECONDS = 25;

export const transfer: NodeKind<Transfer, Phase> = {
  type: 'transfer',
  summary: 'Connects the caller with a queue, a phone of the house or somebody outside.',
  schema: Transfer,
  ends: true,
  exits: (node) => [
    // All of them may come at once: a circle of transfers would ring the world for ever.
    { to: node.busy, place: 'busy', paced: false },
    { to: node.noAnswer, place: 'noAnswer', paced: false },
    { to: node.failed, place: 'failed', paced: false },
  ],
  prompts: (node) => spokenAt('prompts', node.prompts),
  check: (node, known) =>
    'queue' in node.to && !known.queueIds.includes(node.to.queue)
      ? [`to.queue: there is no queue ${node.to.queue}`]
      : [],
  enter(node, turn) {
    if (!node.prompts) return connect(node, turn);
    turn.play(node.prompts);
    return { stay: 'saying' };
  },
  on(node, phase, event, turn) {
    if (phase === 'saying') return event.type === 'played' ? connect(node, turn) : { stay: phase };
    const to = wayOut(node, event);
    if (to === undefined) return { stay: phase };
    turn.waitsNoMore();
    return { to };
  },
};

function connect(node: Transfer, turn: Turn): Outcome<Phase> {
  turn.forgetKeys();
  const { to } = node;
  if ('queue' in to) {
    turn.effect({
      type: 'enqueue',
      queueId: queueId(to.queue),
      priority: priorityOf(to, turn.context),
      requiredSkills: {},
    });
    turn.waitsHere();
    return { stay: 'connecting' };
  }
  const target = targetOf(to, turn);
  if (!target) return { to: node.failed };
  const ringMs = (node.ringSeconds ?? RING_SECONDS) * 1_000;
  turn.effect({ type: 'transfer', to: target, ringMs, asks: node.accept !== false });
  return { stay: 'connecting' };
}

function targetOf(to: Exclude<Transfer['to'], { queue: string }>, turn: Turn) {
  const value = (text: string): string =>
    text.startsWith('{') ? (contextField(turn.context, text.slice(1, -1)) ?? '') : text;
  const target: TransferTarget =
    'extension' in to
      ? { kind: 'extension', extension: value(to.extension) }
      : 'number' in to
        ? { kind: 'number', number: value(to.number) }
        : { kind: 'sip', uri: to.sip };
  const [, text] = Object.values(target);
  return text === '' ? undefined : target;
}

function wayOut(node: Transfer, event: FlowEvent): string | undefined {
  if (event.type === 'transferFailed') {
    return event.why === 'busy' || event.why === 'noAnswer' ? node[event.why] : node.failed;
  }
  if (event.type !== 'queueLeft') return undefined;
  if (event.why === 'full') return node.busy;
  return event.why === 'unknownQueue' ? node.failed : node.noAnswer;
}
