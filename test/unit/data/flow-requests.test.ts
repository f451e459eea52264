import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { AllowedDestinations } from '../../../src/data/destinations.ts';
import { type Asked, FlowRequestService } from '../../../src/data/flow-requests.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { Hidden } from '../../../src/lib/hidden.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { RequestAnswer, RequestOrder } from '../../../src/runtime/ports/index.ts';
import { HttpServer, json } from '../../support/http-server.ts';

describe('requests of flows', () => {
  let server: HttpServer;
  let service: FlowRequestService;
  let asked: Asked[] = [];

  const serviceFor = (allowed: Partial<AllowedDestinations> = {}): FlowRequestService =>
    new FlowRequestService({
      allowed: { hosts: [server.host], privateNetworks: [], ...allowed },
      secrets: new Map([['PEDIDOS', 'a-token']]),
      clock: systemClock,
      log: silentLogger,
      onAsked: (one) => asked.push(one),
    });

  beforeEach(async () => {
    asked = [];
    server = await HttpServer.open();
    service = serviceFor();
  });
  afterEach(async () => {
    service.close();
    await server.close();
  });

  const order = (extra: Partial<RequestOrder> = {}): RequestOrder => ({
    method: 'GET',
    url: `http://${server.host}/v1/orders/123`,
    headers: {},
    limitMs: 10_000,
    retries: 0,
    cacheMs: 0,
    set: { estado: '/status', dia: '/entrega/dia', unidades: '/lineas/0/unidades', nada: '/nada' },
    ...extra,
  });
  const send = (
    extra: Partial<RequestOrder> = {},
    signal = new AbortController().signal,
  ): Promise<RequestAnswer> => service.send(order(extra), signal);

  it('bring what the answer has to variables, and the secret to the server only', async () => {
    server.answerJson({ status: 'reparto', entrega: { dia: null }, lineas: [{ unidades: 3 }] });
    const headers = { authorization: ['Bearer ', { secret: 'PEDIDOS' }] };
    assert.deepEqual(await send({ headers }), {
      ok: true,
      status: 200,
      variables: { estado: 'reparto', unidades: '3' },
    });
    assert.equal(server.heard[0]?.headers.authorization, 'Bearer a-token');
    assert.deepEqual(
      asked.map(({ host, outcome }) => [host, outcome]),
      [[server.host, 'ok']],
    );
    assert.deepEqual(await send({ headers: { a: [{ secret: 'OTHER' }] } }), {
      ok: false,
      why: 'secret',
    });
  });

  it('send what was typed in secret, and write it nowhere', async () => {
    server.answerJson({}, 500);
    await send({
      method: 'POST',
      headers: { 'x-pin': ['PIN ', new Hidden('2741')] },
      body: { contentType: 'application/json', text: new Hidden('{"pin":"2741"}') },
    });
    assert.equal(server.heard[0]?.headers['x-pin'], 'PIN 2741');
    assert.equal(server.heard[0]?.body, '{"pin":"2741"}');
    assert.doesNotMatch(JSON.stringify(asked), /2741/);
  });

  it('send a body', async () => {
    server.answerJson({}, 201);
    const body = { contentType: 'application/json', text: new Hidden('{"a":"ñ"}') };
    assert.deepEqual(await send({ method: 'POST', body }), {
      ok: true,
      status: 201,
      variables: {},
    });
    assert.equal(server.heard[0]?.body, '{"a":"ñ"}');
  });

  it('have answers that are of no use, each with its name', async () => {
    const cases: readonly (readonly [HttpServer['answer'], RequestAnswer])[] = [
      [(response) => void response.writeHead(404).end('x'), fail('status', 404)],
      [
        (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
        fail('status', 302),
      ],
      [
        (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
        fail('notJson', 200),
      ],
      [
        (response) =>
          void response.writeHead(200, { 'content-type': 'application/json' }).end('{"a'),
        fail('notJson', 200),
      ],
      [
        (response) =>
          void response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(Buffer.from([0x22, 0xff, 0x22])),
        fail('notJson', 200),
      ],
      [(response) => json(response, 'x'.repeat(10_000_000)), fail('tooLarge', 200)],
      [
        (response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          for (let chunk = 0; chunk < 200; chunk++) response.write(' '.repeat(1_000));
        },
        fail('tooLarge', 200),
      ],
      [(response) => void response.socket?.destroy(), fail('unreachable')],
    ];
    for (const [answer, expected] of cases) {
      service = serviceFor();
      server.answer = answer;
      assert.deepEqual(await send(), expected);
    }
  });

  it('end at their limit, whether the server says nothing or goes on for ever', async () => {
    for (const answer of [
      () => undefined,
      (response: Parameters<HttpServer['answer']>[0]) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ]) {
      server.answer = answer;
      assert.deepEqual(await send({ limitMs: 150, retries: 1 }), fail('timeout'));
    }
  });

  it('are tried again when it may have been a moment only, and not otherwise', async () => {
    server.answer = (response) => {
      if (server.heard.length === 1) response.writeHead(503).end();
      else json(response, { status: 'ok' });
    };
    const answer = await send({ retries: 1 });
    assert.ok(answer.ok);
    assert.equal(server.heard.length, 2);
    server.answer = (response) => void response.writeHead(500).end();
    assert.deepEqual(await send({ retries: 3 }), fail('status', 500));
    assert.equal(server.heard.length, 3);
  });

  it('leave a system in peace that only fails', async () => {
    server.answer = (response) => void response.writeHead(500).end();
    for (let time = 0; time < 5; time++) await send();
    assert.deepEqual(await send(), fail('circuitOpen'));
    assert.equal(server.heard.length, 5);
  });

  it('a caller who hangs up ends the question, and the server is not blamed', async () => {
    server.answer = () => undefined;
    for (let time = 0; time < 6; time++) {
      const gone = new AbortController();
      const answer = send({}, gone.signal);
      setImmediate(() => gone.abort());
      assert.equal((await answer).ok, false);
    }
    assert.deepEqual([...new Set(asked.map(({ outcome }) => outcome))], ['abandoned']);
    server.answerJson({});
    assert.equal((await send()).ok, true);
  });

  it('are answered from memory for as long as the flow says', async () => {
    server.answerJson({ status: 'a' });
    await send({ cacheMs: 60_000 });
    await send({ cacheMs: 60_000 });
    await send({ cacheMs: 60_000, url: `http://${server.host}/v1/orders/124` });
    await send();
    assert.equal(server.heard.length, 3);
    assert.deepEqual(
      asked.map(({ outcome }) => outcome),
      ['ok', 'cached', 'ok', 'ok'],
    );
  });

  it('go to allowed hosts only', async () => {
    server.answerJson({});
    const refused = fail('notAllowed');
    for (const url of [
      'http://example.com/',
      'http://127.0.0.1:1/',
      `http://user:pw@${server.host}/`,
      `http://localhost:${server.port}/`,
    ])
      assert.deepEqual(await send({ url }), refused, url);
    assert.equal(server.heard.length, 0);
  });

  it('a name leads to private addresses only where the operator says so', async () => {
    server.answerJson({});
    const url = `http://localhost:${server.port}/`;
    service = serviceFor({ hosts: [`localhost:${server.port}`] });
    assert.deepEqual(await send({ url }), fail('notAllowed'));
    service = serviceFor({
      hosts: [`localhost:${server.port}`],
      privateNetworks: ['127.0.0.0/8'],
    });
    assert.equal((await send({ url })).ok, true);
  });
});

const fail = (
  why: Extract<RequestAnswer, { ok: false }>['why'],
  status?: number,
): RequestAnswer => ({ ok: false, why, ...(status === undefined ? {} : { status }) });
