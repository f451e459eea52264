import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { FlowStep } from '../../../src/ivr/flow.ts';
import type { FlowEvent, RequestAnswer, RequestOrder } from '../../../src/ivr/vocabulary.ts';
import { Hidden } from '../../../src/lib/hidden.ts';
import type { CallContext } from '../../../src/model/call.ts';
import {
  after,
  deeds,
  digit,
  flowOf,
  played,
  problemsOf,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
  timeout,
} from './flows.ts';

const rest = {
  si: { type: 'hangup' },
  no: { type: 'hangup' },
  nadie: { type: 'hangup' },
};
const ask = (extra: object = {}): object => ({
  pide: {
    type: 'request',
    url: 'https://pedidos.example/v1/orders/{variables.pedido}',
    set: { estado: '/status' },
    next: 'si',
    failed: 'no',
    onStatus: { '404': 'nadie' },
    ...extra,
  },
  ...rest,
});
const withOrder = (pedido: string, extra: object = {}): CallContext => ({
  ...STRANGER,
  variables: { pedido, ...extra },
});

const orderOf = ({ effects }: FlowStep): RequestOrder => {
  const effect = effects.find(({ type }) => type === 'request');
  assert.ok(effect?.type === 'request', 'nothing was asked');
  return effect.order;
};
const bodyOf = ({ body }: RequestOrder): string => Hidden.reveal(body?.text ?? new Hidden(''), '');
const answered = (step: FlowStep, answer: RequestAnswer): FlowEvent => ({
  type: 'requested',
  id: (step.state.local as { id: number }).id,
  answer,
});
const good = (variables: Record<string, string> = {}): RequestAnswer => ({
  ok: true,
  status: 200,
  variables,
});

describe('a request', () => {
  const flow = flowOf(ask());

  it('asks with what is known, and takes what comes back', () => {
    const asked = startFlow(flow, withOrder('123', { estado: 'viejo' }));
    assert.deepEqual(deeds(asked), ['request']);
    assert.equal(orderOf(asked).url, 'https://pedidos.example/v1/orders/123');
    assert.equal(orderOf(asked).method, 'GET');
    const step = stepFlow(flow, asked.state, answered(asked, good({ estado: 'en reparto' })));
    assert.equal(step.state.node, 'si');
    assert.deepEqual(step.state.context.variables, { pedido: '123', estado: 'en reparto' });
  });

  it('forgets what the answer does not have: an earlier value would be a lie', () => {
    const asked = startFlow(flow, withOrder('123', { estado: 'viejo' }));
    for (const answer of [good(), { ok: false, why: 'timeout' } as const]) {
      const step = stepFlow(flow, asked.state, answered(asked, answer));
      assert.deepEqual(step.state.context.variables, { pedido: '123' });
    }
  });

  it('leaves by the status, by its class, or as failed', () => {
    const classes = flowOf(ask({ onStatus: { '404': 'nadie', '4xx': 'si' } }));
    const asked = startFlow(classes, withOrder('123'));
    const where = (answer: RequestAnswer): string =>
      stepFlow(classes, asked.state, answered(asked, answer)).state.node;
    assert.equal(where({ ok: false, why: 'status', status: 404 }), 'nadie');
    assert.equal(where({ ok: false, why: 'status', status: 410 }), 'si');
    assert.equal(where({ ok: false, why: 'status', status: 500 }), 'no');
    assert.equal(where({ ok: false, why: 'unreachable' }), 'no');
  });

  it('is silent for 300 ms, then says a sentence, and finishes it before it goes on', () => {
    const asked = startFlow(flow, withOrder('123'));
    const saying = stepFlow(flow, asked.state, timeout(asked));
    assert.deepEqual(texts(saying), ['Un momento, por favor.']);
    const known = stepFlow(flow, saying.state, answered(saying, good({ estado: 'x' })));
    assert.equal(known.state.node, 'pide');
    assert.deepEqual(
      known.effects.filter(({ type }) => type === 'stop'),
      [],
    );
    assert.equal(stepFlow(flow, known.state, played).state.node, 'si');
  });

  it('plays music after the sentence, and leaves it at once', () => {
    const musical = flowOf(ask({ music: 'default', waiting: [{ es: 'Voy', en: 'Wait' }] }));
    const asked = startFlow(musical, withOrder('123'));
    const saying = stepFlow(musical, asked.state, timeout(asked));
    const music = stepFlow(musical, saying.state, played);
    assert.deepEqual([...texts(saying), ...texts(music)], ['Voy', '♪default']);
    const step = stepFlow(musical, music.state, answered(music, good()));
    assert.equal(step.state.node, 'si');
    assert.equal(step.effects[1]?.type, 'stop');
  });

  it('never waits for ever, not even for a shell that does not answer', () => {
    let step = startFlow(flow, withOrder('123'));
    for (const event of [timeout(step), played]) step = stepFlow(flow, step.state, event);
    assert.equal(step.state.node, 'pide');
    assert.equal(stepFlow(flow, step.state, timeout(step)).state.node, 'no');
  });

  it('keeps the keys that are pressed meanwhile', () => {
    const typing = flowOf({
      ...ask({ next: 'menu' }),
      menu: {
        type: 'menu',
        prompts: [{ es: 'Marque', en: 'Press' }],
        choices: [{ key: 4, next: 'si' }],
        failed: 'no',
      },
    });
    const asked = startFlow(typing, withOrder('123'));
    const keyed = stepFlow(typing, asked.state, digit('4'));
    assert.equal(stepFlow(typing, keyed.state, answered(keyed, good())).state.node, 'si');
  });

  it('takes no answer to an earlier question', () => {
    const asked = startFlow(flow, withOrder('123'));
    const stale: FlowEvent = { type: 'requested', id: 999, answer: good() };
    assert.equal(stepFlow(flow, asked.state, stale).state.node, 'pide');
  });
});

describe("a request's templates", () => {
  it('keep a value within its segment of the path, its parameter, its header and its body', () => {
    const nasty = '1/../2?a=b&c#d {name}"\r\nX: y é';
    const flow = flowOf(
      ask({
        method: 'POST',
        query: { q: '{variables.pedido}', nada: '{variables.nada}' },
        headers: { 'X-Order': 'n {variables.pedido}', Authorization: 'Bearer {secret.PEDIDOS}' },
        body: { order: ['{variables.pedido}', 7, true, null], note: 'n: {variables.pedido}' },
      }),
    );
    const order = orderOf(startFlow(flow, withOrder(nasty)));
    const url = new URL(order.url);
    assert.equal(url.host, 'pedidos.example');
    assert.equal(decodeURIComponent(url.pathname), `/v1/orders/${nasty}`);
    assert.deepEqual([...url.searchParams], [['q', nasty]]);
    assert.equal(url.hash, '');
    assert.match(String(order.headers['X-Order']?.join('')), /^[\x20-\x7e]+$/);
    assert.deepEqual(order.headers.Authorization, ['Bearer ', { secret: 'PEDIDOS' }]);
    assert.deepEqual(JSON.parse(bodyOf(order)), {
      order: [nasty, 7, true, null],
      note: `n: ${nasty}`,
    });
    assert.equal(order.retries, 0);
  });

  it('a caller cannot name a secret', () => {
    const flow = flowOf(ask({ headers: { 'X-Order': '{variables.pedido}' } }));
    const order = orderOf(startFlow(flow, withOrder('{secret.PEDIDOS}')));
    assert.deepEqual(order.headers['X-Order'], ['{secret.PEDIDOS}']);
  });

  it('an empty segment, or one that climbs, asks for something else and is not asked for', () => {
    const flow = flowOf(ask());
    for (const pedido of ['', '.', '..']) {
      const step = startFlow(flow, withOrder(pedido));
      assert.equal(step.state.node, 'no', JSON.stringify(pedido));
      assert.equal(deeds(step).includes('request'), false);
    }
    assert.equal(startFlow(flow, STRANGER).state.node, 'no');
  });

  it('a form is encoded as forms are', () => {
    const flow = flowOf(ask({ method: 'PUT', form: { 'a b': '{variables.pedido}&' } }));
    const order = orderOf(startFlow(flow, withOrder('ñ 1')));
    assert.equal(order.body?.contentType, 'application/x-www-form-urlencoded');
    assert.equal(bodyOf(order), 'a+b=%C3%B1+1%26');
  });
});

/** Asks for a PIN in secret, and then whatever `asks` says. */
const withPin = (asks: object, extra: object = {}): object => ({
  clave: {
    type: 'collect',
    prompts: [say('Su clave')],
    variable: 'pin',
    secret: true,
    maxDigits: 4,
    failed: 'no',
    next: 'pide',
  },
  ...ask({ url: 'https://banco.example/v1/pin', method: 'POST', ...asks }),
  ...extra,
});

describe('what a caller typed in secret', () => {
  const typed = (asks: object): FlowStep => {
    const flow = flowOf(withPin(asks));
    return after(flow, startFlow(flow, STRANGER), ...[...'2741'].map(digit));
  };

  it('goes to the system that is asked, in its body, form or headers', () => {
    const json = orderOf(typed({ body: { pin: ['{typed.pin}'] } }));
    assert.equal(bodyOf(json), '{"pin":["2741"]}');
    assert.equal(bodyOf(orderOf(typed({ form: { pin: 'n{typed.pin}' } }))), 'pin=n2741');
    const [before, piece] =
      orderOf(typed({ headers: { 'X-Pin': 'PIN {typed.pin}' } })).headers['X-Pin'] ?? [];
    assert.equal(before, 'PIN ');
    assert.ok(piece instanceof Hidden);
    assert.equal(Hidden.reveal(piece, ''), '2741');
  });

  it('is in nothing that can be written down', () => {
    const step = typed({ body: { pin: '{typed.pin}' }, headers: { 'X-Pin': '{typed.pin}' } });
    assert.doesNotMatch(JSON.stringify(step), /2741/);
    assert.doesNotMatch(inspect(step, { depth: null }), /2741/);
    assert.doesNotMatch(inspect(structuredClone(step.effects), { depth: null }), /2741/);
  });

  it('is not asked with before anybody has typed it', () => {
    const vip = { if: { field: 'status', equals: 'vip' }, next: 'clave' };
    const entra = { type: 'branch', cases: [vip], otherwise: 'pide' };
    const flow = flowOf(withPin({ body: { pin: '{typed.pin}' } }, { entra }), { start: 'entra' });
    const step = startFlow(flow, { ...STRANGER, variables: { pin: '1234' } });
    assert.equal(step.state.node, 'no');
    assert.equal(deeds(step).includes('request'), false);
  });

  it('is no variable: whatever names it as one is refused', () => {
    const secret = /variables\.pin is typed in secret \(nodes\.clave\)/;
    const places: readonly (readonly [string, object])[] = [
      ['nodes.pide.body.pin', withPin({ body: { pin: '{variables.pin}' } })],
      ['nodes.pide.url', withPin({ url: 'https://h/{variables.pin}' })],
      [
        'nodes.si.prompts[0].es',
        withPin({}, { si: { type: 'hangup', prompts: [say('{variables.pin | digits}')] } }),
      ],
      [
        'nodes.si.variables.x.expression',
        withPin(
          {},
          { si: { type: 'set', variables: { x: { expression: 'variables["pin"]' } }, next: 'no' } },
        ),
      ],
      [
        'nodes.si.cases[0].if.field',
        withPin(
          {},
          {
            si: {
              type: 'branch',
              cases: [{ if: { field: 'variables.pin', exists: true }, next: 'no' }],
              otherwise: 'no',
            },
          },
        ),
      ],
    ];
    for (const [place, nodes] of places) {
      const [problem = ''] = problemsOf(nodes);
      assert.ok(problem.startsWith(`${place}: `), `${place} in ${problem}`);
      assert.match(problem, secret);
    }
    assert.deepEqual(problemsOf(withPin({ body: { pin: '{variables.pinta} {typed.pin}' } })), []);
  });

  it('is in no address, prompt or answer that is kept', () => {
    const refused: readonly (readonly [object, RegExp])[] = [
      [{ url: 'https://h/{typed.pin}' }, /pide\.url: what is typed in secret travels in body/],
      [{ query: { p: '{typed.pin}' } }, /pide\.query\.p: what is typed in secret travels/],
      [{ waiting: [say('{typed.pin}')] }, /pide\.waiting\[0\]\.es: nothing is known as/],
      [
        { method: 'GET', headers: { p: '{typed.pin}' }, cacheSeconds: 5 },
        /pide\.cacheSeconds: what is asked with something typed in secret is not kept/,
      ],
    ];
    for (const [asks, complaint] of refused)
      assert.match(problemsOf(withPin(asks)).join('\n'), complaint);
  });
});

describe("a request's document", () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ url: 'https://{variables.host}/x' }, /nodes\.pide\.url: /],
    [{ url: 'https://user:pw@host/x' }, /nodes\.pide\.url: /],
    [{ url: 'ftp://host/x' }, /nodes\.pide\.url: /],
    [{ url: 'http://[::1/x' }, /pide\.url: is no address/],
    [{ url: 'http://host:99999/x' }, /pide\.url: is no address/],
    [{ url: 'https://h/{nada}' }, /pide\.url: nothing is known as \{nada\}/],
    [{ url: 'https://h/{secret.A}' }, /pide\.url: a secret travels in a header only/],
    [{ query: { a: '{variables.x y}' } }, /pide\.query\.a: nothing is known as/],
    [{ method: 'POST', body: { a: ['{secret.A}'] } }, /pide\.body: a secret travels/],
    [{ headers: { Host: 'x' } }, /pide\.headers\.Host: is not for a flow to set/],
    [{ headers: { 'a b': 'x' } }, /headers\.a b: is no name for a header/],
    [{ body: {} }, /pide\.body: a GET sends none/],
    [{ method: 'POST', body: {}, form: {} }, /pide\.form: there is a body already/],
    [{ set: { 'a b': '/x' } }, /set\.a b: is no name for a variable/],
    [{ set: { a: 'x.y' } }, /pide\.set\.a: /],
    [{ onStatus: { '200': 'si' } }, /onStatus\.200: must be a status/],
    [{ onStatus: { '404': 'nada' } }, /onStatus\.404: there is no node nada/],
    [{ limitMs: 60_000 }, /pide\.limitMs: /],
  ];
  for (const [extra, complaint] of cases) {
    it(`is refused with ${JSON.stringify(extra)}`, () => {
      assert.match(problemsOf(ask(extra)).join('\n'), complaint);
    });
  }
});
