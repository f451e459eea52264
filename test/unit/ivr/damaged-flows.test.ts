import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCompanyFile } from '../../../src/company-file.ts';
import { type CompiledFlow, type FlowState, parseFlow } from '../../../src/ivr/flow.ts';
import type { FlowEffect, FlowEvent } from '../../../src/ivr/vocabulary.ts';
import { Random } from '../../../src/lib/random.ts';
import { STRANGER, startFlow, stepFlow } from './flows.ts';

const FILE = new URL('../../../config/example/company.yaml', import.meta.url);

type Tree = { [key: string]: unknown };
interface Company {
  readonly queues: readonly { readonly id: string }[];
  readonly calendars: readonly { readonly id: string }[];
  readonly flows: readonly { readonly id: string; readonly document: Tree }[];
}
const company = readCompanyFile<Company>(FILE);
const known = {
  queueIds: company.queues.map(({ id }) => id),
  calendarIds: company.calendars.map(({ id }) => id),
  flows: company.flows,
};

const ROUNDS = 400;
/** No flow of so few nodes asks a silent caller so often. */
const EVENTS_MAX = 5_000;
const STRANGE = [
  ...[null, true, 0, -1, 1e9, 0.5, '', 'x'.repeat(3_000), '{variables.x | money MXN}', '{name'],
  ...[[], {}, ['a'], { es: 'hola' }, '1', '#', '__proto__', 'constructor', 'status == "vip"'],
  ...['int(variables.x) > 3', '1/0 == 1', 'size(name) > 2', Number.NaN],
];

test('Whatever is done to a flow, it is refused in words, or a silent caller comes to its end', () => {
  const random = new Random(4);
  let lived = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { id, document } = one(random, company.flows);
    const damaged = damage(random, document);
    const parsed = parseFlow(damaged, known, id);
    if (parsed.ok) {
      lived += 1;
      assert.ok(comesToAnEnd(parsed.value), `round ${round}: ${JSON.stringify(damaged)}`);
    } else {
      assert.ok(parsed.error.length > 0);
      for (const problem of parsed.error) assert.match(problem, /^[\w.[\] $-]+: \S/);
    }
  }
  assert.ok(lived > ROUNDS / 20, `${lived} were flows still`);
});

const one = <Item>(random: Random, items: readonly Item[]): Item =>
  items[random.between(0, items.length - 1)] as Item;

/** Something is taken out, replaced by something strange, by a node's name, or by another part of the flow. */
function damage(random: Random, document: Tree): Tree {
  const copy = structuredClone(document);
  const places = placesOf(copy);
  const [holder, key] = one(random, places);
  const [otherHolder, otherKey] = one(random, places);
  const ways = [
    () => (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]),
    () => (holder[key] = one(random, STRANGE)),
    () => (holder[key] = one(random, Object.keys(copy.nodes as Tree))),
    () => (holder[key] = structuredClone(otherHolder[otherKey])),
  ];
  one(random, ways)();
  return copy;
}

function placesOf(tree: Tree): readonly (readonly [Tree, string])[] {
  return Object.entries(tree).flatMap(([key, value]) => [
    [tree, key] as const,
    ...(value !== null && typeof value === 'object' ? placesOf(value as Tree) : []),
  ]);
}

/** The call is over, or waits in a queue, which has its own limits. */
function comesToAnEnd(flow: CompiledFlow): boolean {
  let { state, effects } = startFlow(flow, STRANGER);
  let asked: FlowEffect | undefined;
  for (let event = 0; event < EVENTS_MAX && !state.over; event++) {
    asked = effects.findLast(({ type }) => type in FAILURES) ?? asked;
    if (asked?.type === 'enqueue') return true;
    ({ state, effects } = stepFlow(flow, state, nothingHappens(state, asked)));
  }
  return state.over;
}

/** Nobody says or presses anything, and nothing that is asked for can be had. */
function nothingHappens(state: FlowState, asked: FlowEffect | undefined): FlowEvent {
  if (state.playing) return { type: 'played' };
  if (state.timing) return { type: 'timeout', id: state.timerId };
  const answer = asked && FAILURES[asked.type]?.(asked);
  assert.ok(answer, `${state.node} waits for nothing`);
  return answer;
}

const FAILURES: { readonly [type: string]: (effect: FlowEffect) => FlowEvent } = {
  enqueue: () => ({ type: 'queueLeft', why: 'timeout' }),
  identify: () => ({ type: 'identified', context: STRANGER }),
  record: () => ({ type: 'recorded', recordingId: 'r', durationMs: 0, why: 'silence' }),
  callback: () => ({ type: 'callbackRefused', why: 'refused' }),
  transfer: () => ({ type: 'transferFailed', why: 'failed' }),
  listen: () => ({ type: 'notHeard', why: 'silence' }),
  verify: (effect) => ({
    ...{ type: 'verified', result: 'unavailable' },
    id: effect.type === 'verify' ? effect.id : 0,
  }),
  closure: (effect) => ({
    ...{ type: 'closureAnswered', result: 'failed' },
    id: effect.type === 'closure' ? effect.id : 0,
  }),
  request: (effect) => ({
    ...{ type: 'requested', answer: { ok: false, why: 'timeout' } },
    id: effect.type === 'request' ? effect.id : 0,
  }),
};
