import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CompiledFlow, FlowLibrary, parseFlow } from '../../../src/ivr/flow.ts';
import {
  deeds,
  digit,
  documentOf,
  KNOWN,
  played,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
} from './flows.ts';

const end = { type: 'hangup' };
const into = (flow: string, next?: string): object => ({
  type: 'subflow',
  flow,
  ...(next === undefined ? {} : { next }),
});
const back = { type: 'return' };
const asks = (next: string): object => ({
  type: 'menu',
  prompts: [say('Cuenta')],
  choices: [{ key: '1', set: { variables: { cuenta: 'sí' } }, next }],
  failed: 'fallo',
});

type Flows = Readonly<Record<string, object>>;
const knownOf = (flows: Flows, extra: object = {}) => ({
  ...KNOWN,
  flows: Object.entries(flows).map(([id, nodes]) => ({ id, document: documentOf(nodes, extra) })),
});

function read(flows: Flows): CompiledFlow {
  const [id = ''] = Object.keys(flows);
  const parsed = new FlowLibrary(knownOf(flows)).read(id);
  if (!parsed.ok) throw new Error(parsed.error.join('\n'));
  return parsed.value;
}

function problems(flows: Flows): readonly string[] {
  const [id = ''] = Object.keys(flows);
  const parsed = new FlowLibrary(knownOf(flows)).read(id);
  return parsed.ok ? [] : parsed.error;
}

describe('subflow', () => {
  const flow = read({
    principal: {
      entrada: into('identificar', 'cola'),
      cola: { type: 'queue', queue: 'ventas' },
    },
    identificar: { m: asks('gracias'), gracias: into('saludar', 'r'), r: back, fallo: end },
    saludar: { s: { type: 'play', prompts: [say('Gracias')], next: 'r' }, r: back },
  });

  it('goes into the other flow, and on after it came back; the context goes along', () => {
    const asked = startFlow(flow, STRANGER);
    assert.deepEqual(texts(asked), ['Cuenta']);
    assert.deepEqual(asked.state.stack, [{ into: 'identificar', next: 'cola' }]);
    const thanked = stepFlow(flow, asked.state, digit('1'));
    assert.deepEqual(texts(thanked), ['Gracias']);
    assert.equal(thanked.state.stack.length, 2);
    const queued = stepFlow(flow, thanked.state, played);
    assert.deepEqual(deeds(queued), ['enqueue']);
    assert.deepEqual(queued.state.stack, []);
    assert.equal(queued.state.context.variables.cuenta, 'sí');
  });

  it('writes down in which flow a node is', () => {
    const notes = startFlow(flow, STRANGER).effects.flatMap((effect) =>
      effect.type === 'note' ? [effect.data] : [],
    );
    assert.deepEqual(notes, [
      { node: 'entrada', type: 'subflow' },
      { node: 'm', type: 'menu', flow: 'identificar' },
    ]);
  });

  it('keeps the versions that the call began with', () => {
    const asked = startFlow(flow, STRANGER);
    const changed = read({
      principal: { entrada: into('identificar', 'otro'), otro: end },
      identificar: { r: back },
    });
    assert.equal(startFlow(changed, STRANGER).state.over, true);
    assert.deepEqual(texts(stepFlow(flow, asked.state, digit('1'))), ['Gracias']);
  });

  it('ends the call at a return of the flow that it began in', () => {
    const step = startFlow(read({ principal: { r: back } }), STRANGER);
    assert.deepEqual(deeds(step), ['hangup']);
    assert.equal(step.state.over, true);
  });
});

describe('flows that call flows: what is refused', () => {
  const TABLE: readonly (readonly [string, Flows])[] = [
    ['nodes.a.flow: there is no flow nadie', { uno: { a: into('nadie') } }],
    [
      'nodes.a.flow: flows that call each other: uno → uno',
      { uno: { a: into('uno', 'b'), b: back } },
    ],
    [
      'nodes.a.flow: the flow dos cannot be used: nodes.a.flow: flows that call each other: uno → dos → uno',
      { uno: { a: into('dos', 'b'), b: back }, dos: { a: into('uno', 'b'), b: back } },
    ],
    [
      'nodes.a: lacks next, where to go on when the flow dos comes back',
      { uno: { a: into('dos') }, dos: { r: back } },
    ],
    [
      'nodes.a.next: the flow dos has no node return, and never comes back',
      { uno: { a: into('dos', 'b'), b: end }, dos: { z: end } },
    ],
    [
      'nodes.a: a circle that nothing the caller does can end: a → a',
      { uno: { a: into('dos', 'a') }, dos: { r: back } },
    ],
    [
      'nodes.a: whoever answers here can neither leave nor reach a person',
      { uno: { a: into('dos', 'a') }, dos: { m: asks('r'), r: back, fallo: end } },
    ],
  ];
  for (const [problem, flows] of TABLE) {
    it(problem, () => assert.ok(problems(flows).includes(problem), problems(flows).join('\n')));
  }

  it('lets a circle be that goes through a flow which asks', () => {
    const seen = { type: 'branch', cases: [{ if: 'intent == "fin"', next: 'b' }], otherwise: 'a' };
    const dos = { m: asks('r'), r: back, fallo: end };
    assert.deepEqual(problems({ uno: { a: into('dos', 'seen'), seen, b: end }, dos }), []);
  });

  it('a flow that does not speak the languages of its caller', () => {
    const known = {
      ...KNOWN,
      flows: [{ id: 'dos', document: documentOf({ r: back }, { languages: ['es-MX'] }) }],
    };
    const parsed = parseFlow(documentOf({ a: into('dos', 'b'), b: end }), known, 'uno');
    assert.deepEqual(parsed.ok ? [] : parsed.error, [
      'nodes.a.flow: the flow dos does not speak en',
    ]);
  });

  it('more than eight flows deep; and a chain of thousands is not even followed', () => {
    const chain = (length: number): Flows =>
      Object.fromEntries(
        Array.from({ length }, (_, at) => [
          `f${at}`,
          at + 1 < length ? { a: into(`f${at + 1}`, 'b'), b: back } : { b: back },
        ]),
      );
    assert.deepEqual(problems(chain(8)), []);
    assert.match(problems(chain(9)).join(), /goes into flows 9 deep; 8 is the limit/);
    assert.match(problems(chain(5_000)).join(), /cannot be used/);
  });
});

describe('a menu without an escape', () => {
  const menu = (choices: readonly string[], failed = 'fin'): object => ({
    type: 'menu',
    prompts: [say('Marque')],
    choices: choices.map((next, at) => ({ key: String(at), next })),
    failed,
  });
  const rule = 'nodes.m: whoever answers here can neither leave nor reach a person';

  it('is one whose every answer leads back to it', () => {
    const info = { type: 'play', prompts: [say('Abrimos a las nueve')], next: 'm' };
    assert.deepEqual(problems({ f: { m: menu(['info']), info, fin: end } }), [rule]);
    assert.deepEqual(problems({ f: { m: menu(['info', 'fin']), info, fin: end } }), []);
    assert.deepEqual(
      problems({
        f: { m: menu(['info', 'q']), info, q: { type: 'queue', queue: 'ventas' }, fin: end },
      }),
      [],
    );
  });

  it('may be left by a flow that brings the caller to a person, or by going back', () => {
    const deeper = { m: menu(['s', 'm']), s: into('g', 'm'), fin: end };
    const agent = { x: asks('q'), q: { type: 'queue', queue: 'ventas' }, fallo: back };
    assert.deepEqual(problems({ f: deeper, g: agent }), []);
    assert.deepEqual(problems({ f: { m: menu(['r', 'm']), r: back, fin: end } }), []);
  });
});
