import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CrmWebhook } from '../../../src/data/crm.ts';
import type { Asked } from '../../../src/data/flow-requests.ts';
import { ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { eventually } from '../../support/eventually.ts';
import { HttpServer, json } from '../../support/http-server.ts';

const SECRET = 'a-secret-of-the-tests';
const ANA = '+525555550001';

describe('the webhook of a CRM', () => {
  let server: HttpServer;
  let crm: CrmWebhook;
  let asked: Asked[];

  const open = (over: object = {}): void => {
    crm?.close();
    crm = new CrmWebhook({
      url: `http://${server.host}/centralita`,
      secret: SECRET,
      limitMs: 10_000,
      freshMs: 60_000,
      staleMs: 3_600_000,
      clock: systemClock,
      log: silentLogger,
      onAsked: (one) => asked.push(one),
      ...over,
    });
  };
  const outcomes = (): string[] => asked.map(({ outcome }) => outcome);

  beforeEach(async () => {
    asked = [];
    server = await HttpServer.open();
    open();
  });
  afterEach(async () => {
    crm.close();
    await server.close();
  });

  it('is signed, with the moment, so that nobody else can ask in our name', async () => {
    server.answerJson({ contact: null });
    await crm.byNumber(ANA);
    const [question] = server.heard;
    assert.equal(question?.method, 'POST');
    assert.equal(question.path, '/centralita');
    assert.deepEqual(JSON.parse(question.body), { type: 'caller.identify', number: ANA });
    const timestamp = String(question.headers['x-centralita-timestamp']);
    assert.ok(Math.abs(Number(timestamp) * 1_000 - Date.now()) < 5_000);
    const digest = createHmac('sha256', SECRET).update(`${timestamp}.${question.body}`);
    assert.equal(question.headers['x-centralita-signature'], `v1=${digest.digest('hex')}`);
  });

  it('says who calls', async () => {
    server.answerJson({
      contact: {
        id: 'C-77',
        name: 'Ana García',
        status: 'vip',
        language: 'es-MX',
        lastAgent: '1001',
        preferredQueue: 'ventas',
        variables: { saldo: '120.50' },
        somethingElse: { of: 'its own' },
      },
    });
    assert.deepEqual((await crm.byNumber(ANA)) as object, {
      known: true,
      at: ((await crm.byNumber(ANA)) as { at?: number }).at,
      value: {
        id: 'C-77',
        name: 'Ana García',
        status: 'vip',
        language: 'es-MX',
        lastAgentId: '1001',
        variables: { saldo: '120.50', preferredQueue: 'ventas' },
      },
    });
    assert.equal(server.heard.length, 1, 'asked once, then remembered');
  });

  it('knows nobody by 404, or by null', async () => {
    const nobody = async (): Promise<void> => {
      const answer = await crm.byNumber(ANA);
      assert.ok(answer.known);
      assert.equal(answer.value, undefined);
    };
    await nobody();
    open();
    server.answerJson({ contact: null });
    await nobody();
  });

  const nonsense: readonly (readonly [string, HttpServer['answer'], string])[] = [
    ['HTML', (response) => html(response), 'notJson'],
    ['10 MB', (response) => json(response, { contact: 'x'.repeat(10_000_000) }), 'tooLarge'],
    ['half a document', (response) => half(response), 'notJson'],
    ['a list', (response) => json(response, [1, 2]), 'invalid'],
    ['nothing', (response) => void response.writeHead(200).end(), 'invalid'],
    ['wrong types', (response) => json(response, { contact: { status: 7 } }), 'invalid'],
    ['no contact', (response) => json(response, {}), 'invalid contact'],
    [
      'a made up status',
      (response) => json(response, { contact: { status: 'king' } }),
      'invalid contact.status',
    ],
    ['no status', (response) => json(response, { contact: { name: 'Ana' } }), 'invalid'],
    ['500', (response) => void response.writeHead(500).end(), 'status'],
    ['a redirect', (response) => void response.writeHead(302, { location: '/' }).end(), 'status'],
  ];
  for (const [what, answer, reason] of nonsense) {
    const [outcome] = reason.split(' ');
    it(`answering with ${what} is not known, and an operator can see it`, async () => {
      server.answer = answer;
      assert.deepEqual(await crm.byNumber(ANA), { known: false });
      assert.deepEqual(outcomes(), [outcome]);
      const health = await crm.health.check();
      assert.equal(health.ok, true);
      assert.match(health.detail ?? '', new RegExp(`\\(${reason}`));
    });
  }

  /** What it said besides the status, what is made of it, and what is named as of no use. */
  const imperfect: readonly (readonly [object, object, string])[] = [
    [{ language: 'fr' }, {}, 'language'],
    [{ language: 'pt-BR', name: 'Ana' }, { name: 'Ana' }, 'language'],
    [{ language: 'es' }, { language: 'es-ES' }, ''],
    [{ language: 'es-AR' }, { language: 'es-MX' }, ''],
    [{ language: 'en-US' }, { language: 'en' }, ''],
    [{ language: null, name: null, id: null, variables: null, lastAgent: null }, {}, ''],
    [{ name: '', id: ' ' }, {}, ''],
    [{ name: 'x'.repeat(120), id: 'C-1' }, { id: 'C-1' }, 'name'],
    [{ name: ['Ana'], lastAgent: true }, {}, 'name, lastAgent'],
    [{ id: 77, lastAgent: 1001 }, { id: '77', lastAgentId: '1001' }, ''],
    [
      { variables: { saldo: 120.5, moroso: false, plan: 'oro', nada: null } },
      { variables: { saldo: '120.5', moroso: 'false', plan: 'oro' } },
      '',
    ],
    [
      { variables: { a: {}, 'con espacio': 'x', largo: 'x'.repeat(1_001), b: 'b' } },
      { variables: { b: 'b' } },
      'variables.a, variables, variables.largo',
    ],
    [
      { variables: 'saldo=1', preferredQueue: 5 },
      { variables: { preferredQueue: '5' } },
      'variables',
    ],
  ];
  for (const [said, made, fields] of imperfect) {
    it(`saying ${JSON.stringify(said).slice(0, 60)} loses that at most, and nobody blocked gets in`, async () => {
      server.answerJson({ contact: { status: 'blocked', ...said } });
      const answer = await crm.byNumber(ANA);
      assert.deepEqual(answer.known && answer.value, { status: 'blocked', ...made });
      assert.deepEqual(outcomes(), [fields === '' ? 'ok' : 'partial']);
      const { detail } = await crm.health.check();
      assert.equal(
        detail,
        fields === '' ? undefined : `The CRM answers; what cannot be used: ${fields}.`,
      );
    });
  }

  it('with fifty variables is full, and its capitals do not matter', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `v${at}`);
    const variables = Object.fromEntries(names.map((name) => [name, name]));
    server.answerJson({ contact: { status: ' VIP', variables } });
    const answer = await crm.byNumber(ANA);
    assert.ok(answer.known && answer.value?.status === 'vip');
    assert.equal(Object.keys(answer.value.variables ?? {}).length, 50);
  });

  it('that answers in time is not left in peace, whatever its answers are worth', async () => {
    server.answerJson({ contact: { status: 'king' } });
    for (let caller = 0; caller < 7; caller++) await crm.byNumber(`+5255555500${10 + caller}`);
    server.answerJson({ contact: { status: 'blocked', language: 'fr' } });
    const answer = await crm.byNumber(ANA);
    assert.ok(answer.known && answer.value?.status === 'blocked');
    assert.equal(server.heard.length, 8);
  });

  it('that says nothing is waited for within the limit, with a second attempt in it', async () => {
    const clock = new ManualClock(1_000);
    open({ clock, limitMs: 800 });
    server.answer = () => undefined;
    const answer = crm.byNumber(ANA);
    await eventually('the first attempt', () => server.heard.length === 1);
    clock.advance(500);
    await eventually('the second attempt', () => server.heard.length === 2);
    clock.advance(300);
    assert.deepEqual(await answer, { known: false });
    assert.deepEqual(outcomes(), ['timeout']);
  });

  it('that fails once is asked once more', async () => {
    server.answer = (response) => {
      if (server.heard.length === 1) response.socket?.destroy();
      else json(response, { contact: { status: 'customer' } });
    };
    const answer = await crm.byNumber(ANA);
    assert.ok(answer.known && answer.value?.status === 'customer');
  });

  it('a stale answer is better than none, up to its age', async () => {
    const clock = new ManualClock(1_000);
    open({ clock });
    server.answerJson({ contact: { status: 'vip' } });
    await crm.byNumber(ANA);
    server.answer = html;
    clock.advance(60_001);
    const answer = await crm.byNumber(ANA);
    assert.ok(answer.known && answer.value?.status === 'vip');
    assert.deepEqual(outcomes(), ['ok', 'notJson', 'stale']);
    open({ clock, staleMs: 120_000 });
    server.answerJson({ contact: { status: 'vip' } });
    await crm.byNumber(ANA);
    server.answer = html;
    clock.advance(120_001);
    assert.deepEqual(await crm.byNumber(ANA), { known: false });
  });

  it('that only fails is left in peace', async () => {
    server.answer = html;
    for (let caller = 0; caller < 8; caller++) await crm.byNumber(`+5255555500${10 + caller}`);
    assert.equal(server.heard.length, 5);
    assert.deepEqual(outcomes().slice(5), ['circuitOpen', 'circuitOpen', 'circuitOpen']);
    assert.match((await crm.health.check()).detail ?? '', /left in peace/);
  });
});

const html = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Mantenimiento</html>');

const half = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('{"contact": {"sta');
