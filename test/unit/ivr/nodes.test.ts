import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowStep } from '../../../src/ivr/flow.ts';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import type { CallContext } from '../../../src/model/call.ts';
import {
  after,
  deeds,
  digit,
  flowOf,
  played,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
  timeout,
} from './flows.ts';

const known = (context: Partial<CallContext>): FlowEvent => ({
  type: 'identified',
  context: { ...STRANGER, ...context },
});

describe('play', () => {
  it('says texts in the language of the call, with what is known in their places, and recordings', () => {
    const flow = flowOf(
      {
        a: { type: 'play', prompts: ['hola', { audio: 'sintonia' }], next: 'b' },
        b: { type: 'hangup' },
      },
      { prompts: { hola: { es: 'Hola {name}, {variables.ciudad}.', en: 'Hi {name}.' } } },
    );
    const context = { ...STRANGER, name: 'Ana', variables: { ciudad: 'León' } };
    assert.deepEqual(texts(startFlow(flow, context)), ['Hola Ana, León.', '♪sintonia']);
    assert.deepEqual(texts(startFlow(flow, STRANGER)), ['Hola , .', '♪sintonia']);
    assert.deepEqual(texts(startFlow(flow, { ...context, language: 'en' })), [
      'Hi Ana.',
      '♪sintonia',
    ]);
  });

  it('speaks a language that it has: kin first, else its first, and the call keeps to it', () => {
    const flow = flowOf(
      { a: { type: 'hangup', prompts: [{ 'es-MX': 'Marque' }] } },
      { languages: ['es-MX'] },
    );
    for (const language of ['es-ES', 'en'] as const) {
      const step = startFlow(flow, { ...STRANGER, language });
      assert.deepEqual(texts(step), ['Marque']);
      assert.equal(step.state.context.language, 'es-MX');
    }
  });
});

describe('identify and branch', () => {
  const flow = flowOf({
    quien: { type: 'identify', timeoutSeconds: 2, next: 'reparto' },
    reparto: {
      type: 'branch',
      cases: [
        { if: { field: 'status', in: ['vip', 'customer'] }, next: 'cola' },
        { if: { field: 'variables.cuenta', exists: true }, next: 'cola' },
        { if: { field: 'name', exists: false }, next: 'desconocido' },
      ],
      otherwise: 'adios',
    },
    cola: { type: 'queue', queue: 'ventas' },
    desconocido: { type: 'hangup', prompts: [say('Quién es')] },
    adios: { type: 'hangup' },
  });
  const asked = startFlow(flow, STRANGER);
  const where = (event: FlowEvent): FlowStep => stepFlow(flow, asked.state, event);

  it('asks who is calling, and goes where the answer points', () => {
    assert.deepEqual(deeds(asked), ['identify']);
    assert.equal(where(known({ status: 'vip' })).state.node, 'cola');
    assert.equal(where(known({ status: 'prospect', name: 'María' })).state.node, 'adios');
    assert.equal(where(known({ variables: { cuenta: '7' } })).state.node, 'cola');
    assert.equal(where(known({ variables: { cuenta: '' } })).state.node, 'desconocido');
  });

  it('refuses a blocked caller politely and in their language, and then hangs up', () => {
    const refused = where(known({ status: 'blocked', language: 'en' }));
    assert.deepEqual(texts(refused), ['We are sorry, we cannot take your call. Goodbye.']);
    const end = stepFlow(flow, refused.state, played);
    assert.deepEqual(end.effects.at(-1), { type: 'hangup', reason: 'refused' });
    assert.equal(end.state.over, true);
    assert.deepEqual(deeds(stepFlow(flow, refused.state, digit('1'))), []);
  });

  it('lets a flow say where blocked callers go', () => {
    const own = flowOf({
      quien: { type: 'identify', next: 'cola', blocked: 'rechazo' },
      rechazo: { type: 'hangup', prompts: [say('No podemos')], reason: 'refused' },
      cola: { type: 'queue', queue: 'ventas' },
    });
    const refused = stepFlow(own, startFlow(own, STRANGER).state, known({ status: 'blocked' }));
    assert.deepEqual(texts(refused), ['No podemos']);
  });

  it('goes on without an answer when the directory is slow, and a late answer does nothing', () => {
    const late = where(timeout(asked));
    assert.equal(late.state.node, 'desconocido');
    assert.deepEqual(stepFlow(flow, late.state, known({ status: 'vip' })).effects, []);
  });

  it('takes the language of the contact, if the flow speaks it', () => {
    assert.equal(where(known({ language: 'en' })).state.context.language, 'en');
    assert.equal(where(known({ language: 'es-ES' })).state.context.language, 'es-MX');
  });
});

describe('queue', () => {
  const queued = (node: object, context: CallContext = STRANGER): FlowStep =>
    startFlow(flowOf({ cola: { type: 'queue', queue: 'ventas', ...node } }), context);

  it('asks for a place with priority and skills; VIPs gain three, up to ten', () => {
    const vip = { ...STRANGER, status: 'vip' } as const;
    const cases: [object, CallContext, number][] = [
      [{}, STRANGER, 5],
      [{ priority: 2 }, STRANGER, 2],
      [{}, vip, 8],
      [{ priority: 9 }, vip, 10],
    ];
    for (const [node, context, priority] of cases) {
      assert.deepEqual(queued({ ...node, requiredSkills: { ingles: 4 } }, context).effects.at(-1), {
        type: 'enqueue',
        queueId: 'ventas',
        priority,
        requiredSkills: { ingles: 4 },
      });
    }
  });

  it('says goodbye to whoever comes back, when the flow has no better idea', () => {
    const flow = flowOf({ cola: { type: 'queue', queue: 'ventas' } });
    const back = after(flow, startFlow(flow, STRANGER), { type: 'queueLeft', why: 'timeout' });
    assert.match(texts(back).join(), /no podemos atenderle/);
    const end = stepFlow(flow, back.state, played);
    assert.equal(end.state.over, true);
    assert.deepEqual(deeds(end), ['hangup']);
  });

  it('goes where the flow says for a full queue and for a long wait', () => {
    const flow = flowOf({
      cola: { type: 'queue', queue: 'ventas', onTimeout: 'otra', onFull: 'lleno' },
      otra: { type: 'queue', queue: 'soporte' },
      lleno: { type: 'hangup', prompts: [say('Lleno')] },
    });
    const start = startFlow(flow, STRANGER);
    const to = (why: 'timeout' | 'full' | 'unknownQueue'): string =>
      stepFlow(flow, start.state, { type: 'queueLeft', why }).state.node;
    assert.deepEqual([to('timeout'), to('full'), to('unknownQueue')], ['otra', 'lleno', 'lleno']);
  });

  it('goes where the flow says for each exit of an overflow, else as after a long wait', () => {
    const to = (node: object, exit: string): string => {
      const flow = flowOf({
        cola: { type: 'queue', queue: 'ventas', onTimeout: 'otra', ...node },
        otra: { type: 'queue', queue: 'soporte' },
        aviso: { type: 'hangup', prompts: [say('Aviso')] },
      });
      const event = { type: 'queueLeft', why: 'overflow', exit } as const;
      return stepFlow(flow, startFlow(flow, STRANGER).state, event).state.node;
    };
    assert.equal(to({ onOverflow: 'aviso' }, 'cualquiera'), 'aviso');
    assert.equal(to({ onOverflow: { nadie: 'aviso' } }, 'nadie'), 'aviso');
    for (const exit of ['otra', 'constructor']) {
      assert.equal(to({ onOverflow: { nadie: 'aviso' } }, exit), 'otra', exit);
    }
    assert.equal(to({ onFull: 'aviso' }, 'nadie'), 'otra');
  });

  it('pays no attention to keys', () => {
    const flow = flowOf({ cola: { type: 'queue', queue: 'ventas' } });
    const start = startFlow(flow, STRANGER);
    assert.deepEqual(stepFlow(flow, start.state, digit('1')), { state: start.state, effects: [] });
  });
});
