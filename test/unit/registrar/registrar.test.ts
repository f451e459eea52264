import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDigestCredentials } from '../../../src/lib/auth-header.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { type DigestAlgorithm, expectedResponse, ha1 } from '../../../src/lib/digest.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { createRegistrar, type RegistrarOptions } from '../../../src/registrar/registrar.ts';
import type { SipRequest, SipResponse } from '../../../src/registrar/sip.ts';
import { routeOf } from '../../../src/registrar/sip-uri.ts';
import type { Binding } from '../../../src/runtime/ports/index.ts';

const REALM = 'centralita';
const credentialsOf = (extension: string, password: string) => ({
  extension,
  ha1Md5: ha1('MD5', extension, REALM, password),
  ha1Sha256: ha1('SHA-256', extension, REALM, password),
});

interface Answer {
  status: number;
  headers: Record<string, string>;
  at: number;
}

function setUp(over: Partial<RegistrarOptions> = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const stored = new Map<string, readonly Binding[]>();
  const reachable: string[] = [];
  const lookUps: string[] = [];
  const registrar = createRegistrar({
    credentials: {
      find: async (extension) => {
        lookUps.push(extension);
        return extension === '1001' ? credentialsOf('1001', 'secreto') : undefined;
      },
    },
    store: {
      all: async () => [...stored.values()].flat(),
      replace: async (extension, bindings) => void stored.set(extension, bindings),
    },
    clock,
    log: silentLogger,
    realm: REALM,
    onReachable: (extension, is) => reachable.push(`${extension} ${is}`),
    ...over,
  });

  function request(headers: Record<string, string | undefined>, method = 'REGISTER', from = {}) {
    const all: Record<string, string | undefined> = {
      to: '<sip:1001@centralita>',
      'call-id': 'call-1',
      cseq: `1 ${method}`,
      contact: '<sip:1001@10.0.0.5:5062>;expires=60',
      'user-agent': 'Test/1',
      ...headers,
    };
    return {
      method,
      uri: 'sip:centralita',
      source_address: '203.0.113.7',
      source_port: '41000',
      protocol: 'udp',
      get: (name: string) => all[name.toLowerCase()],
      ...from,
    } as unknown as SipRequest;
  }

  /** Sends a request and gives the answer, moving time as far as the answer needs. */
  async function send(req: SipRequest, how: 'register' | 'authenticate' = 'register') {
    const sent: Answer[] = [];
    const res = {
      get finalResponseSent() {
        return sent.length > 0;
      },
      send: (status: number, opts?: { headers?: Record<string, string> }) =>
        void sent.push({ status, headers: opts?.headers ?? {}, at: clock.now() }),
    } as unknown as SipResponse;
    const startedAt = clock.now();
    let isOver = false;
    const value = registrar[how](req, res).finally(() => {
      isOver = true;
    });
    for (let i = 0; i < 100 && !isOver; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isOver) clock.advance(50);
    }
    const answer = sent[0];
    return { value: await value, answer, tookMs: (answer?.at ?? 0) - startedAt };
  }

  function authorization(
    challengeLine: string,
    {
      user = '1001',
      password = 'secreto',
      method = 'REGISTER',
      nc = '00000001',
      uri = 'sip:centralita',
    } = {},
  ): string {
    const { nonce = '', algorithm = 'MD5' } = parseDigestCredentials(challengeLine)[0] ?? {};
    const name = algorithm as DigestAlgorithm;
    const answer = { algorithm: name, nonce, nc, cnonce: 'c', uri };
    const response = expectedResponse(answer, ha1(name, user, REALM, password), method);
    return `Digest username="${user}", realm="${REALM}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${name}, cnonce="c", qop=auth, nc=${nc}`;
  }

  /** Asks, and answers the challenge. */
  async function register(headers = {}, who: Parameters<typeof authorization>[1] = {}, from = {}) {
    const first = await send(request(headers, 'REGISTER', from));
    const line = first.answer?.headers['WWW-Authenticate'] ?? '';
    return send(request({ ...headers, authorization: authorization(line, who) }, 'REGISTER', from));
  }

  return { clock, registrar, stored, reachable, lookUps, request, send, register, authorization };
}

describe('registrar', () => {
  test('RFC 3327, RFC 5626: the way is kept and told, and a connection that can be kept is agreed on', async () => {
    const tcp = { protocol: 'tcp' };
    const contact = '<sip:1001@10.0.0.5;transport=tcp>;+sip.instance="<urn:uuid:1>";reg-id=1';
    const supported = 'path, outbound, gruu';
    const { register, registrar, send, request, stored } = setUp();
    const { answer } = await register({ contact, supported }, {}, tcp);
    assert.deepEqual(
      [answer?.status, answer?.headers.Require, answer?.headers['Flow-Timer']],
      [200, 'outbound', '120'],
    );
    const [binding] = registrar.bindingsOf('1001');
    assert.ok(binding);
    assert.deepEqual(routeOf(binding).proxy, 'sip:203.0.113.7:41000;transport=tcp');
    const path = '<sip:edge.example;lr>, <sip:tok3n@far.example:5070;lr;ob>';
    const behind = { supported: 'path', path, cseq: '2 REGISTER', contact: '<sip:1001@10.0.0.6>' };
    assert.equal((await register(behind, {}, tcp)).answer?.headers.Path, path);
    const kept = stored.get('1001')?.find((one) => one.path);
    assert.ok(kept);
    assert.deepEqual(routeOf(kept), {
      uri: `sip:1001@10.0.0.6?Route=${encodeURIComponent(path.replace(', ', ','))}`,
      proxy: 'sip:203.0.113.7;transport=udp',
    });
    const both = { contact, supported, path, cseq: '3 REGISTER' };
    assert.equal((await register(both, {}, tcp)).answer?.headers.Require, 'outbound');
    const plain = { contact, supported, path: '<sip:edge.example;lr>', cseq: '4 REGISTER' };
    assert.equal((await register(plain, {}, tcp)).answer?.status, 439);
    const five = Array(5).fill('<sip:a;lr>').join(',');
    for (const broken of ['<sip:edge.example>', 'tel:+34;lr', five])
      assert.equal((await send(request({ path: broken }))).answer?.status, 400, broken);
    const { answer: refused } = await send(request({ require: 'outbound, teleport' }));
    assert.deepEqual([refused?.status, refused?.headers.Unsupported], [420, 'teleport']);
  });

  test('a phone is challenged, proves itself, and can be reached', async () => {
    const { send, request, register, registrar, reachable, stored, clock } = setUp();
    const { answer } = await send(request({}));
    assert.equal(answer?.status, 401);
    assert.match(
      answer?.headers['WWW-Authenticate'] ?? '',
      /^Digest realm="centralita", nonce="[\w-]+", algorithm=MD5, qop="auth"$/,
    );
    const { answer: done } = await register();
    assert.equal(done?.status, 200);
    assert.equal(done?.headers.Contact, '<sip:1001@10.0.0.5:5062>;expires=60');
    const expected = [
      {
        extension: '1001',
        contactUri: 'sip:1001@10.0.0.5:5062',
        receivedFrom: '203.0.113.7:41000',
        transport: 'udp',
        callId: 'call-1',
        cseq: 1,
        userAgent: 'Test/1',
        q: 1,
        expiresAt: clock.now() + 60_000,
      },
    ];
    assert.deepEqual(registrar.bindingsOf('1001'), expected);
    assert.deepEqual(stored.get('1001'), expected);
    assert.deepEqual(reachable, ['1001 true']);
    clock.advance(60_000);
    assert.deepEqual(registrar.bindingsOf('1001'), []);
    assert.deepEqual(reachable, ['1001 true', '1001 false']);
  });

  test('SHA-256 is offered first where it is wanted, and MD5 refused where it is not', async () => {
    const both = setUp({ algorithms: ['SHA-256', 'MD5'] });
    const { answer } = await both.send(both.request({}));
    const lines = (answer?.headers['WWW-Authenticate'] ?? '').split('\r\nWWW-Authenticate: ');
    assert.deepEqual(
      lines.map((line) => parseDigestCredentials(line)[0]?.algorithm),
      ['SHA-256', 'MD5'],
    );
    for (const line of lines) {
      const header = both.authorization(line, {
        nc: line.includes('MD5') ? '00000002' : '00000001',
      });
      const cseq = line.includes('MD5') ? '2 REGISTER' : '1 REGISTER';
      const { answer: done } = await both.send(both.request({ authorization: header, cseq }));
      assert.equal(done?.status, 200);
    }
    const strict = setUp({ algorithms: ['SHA-256'] });
    const asked = await strict.send(strict.request({}));
    const line = (asked.answer?.headers['WWW-Authenticate'] ?? '').replace('SHA-256', 'MD5');
    const header = strict.authorization(line);
    assert.equal(
      (await strict.send(strict.request({ authorization: header }))).answer?.status,
      401,
    );
  });

  test('a wrong password, a name that nobody has and one that cannot be are told the same at the same time', async () => {
    const outcomes = [];
    for (const who of [{ password: 'x' }, { user: '9999' }, { user: 'a b' }]) {
      const { register } = setUp();
      const user = who.user ?? '1001';
      const { answer, tookMs } = await register(
        { to: `<sip:${encodeURIComponent(user)}@centralita>` },
        who,
      );
      outcomes.push({ status: answer?.status, headers: answer?.headers, tookMs });
    }
    assert.deepEqual(outcomes[0], { status: 403, headers: {}, tookMs: 500 });
    assert.deepEqual(outcomes[1], outcomes[0]);
    assert.deepEqual(outcomes[2], outcomes[0]);
  });

  test('nobody is looked up before an answer with a nonce of ours has come', async () => {
    const { send, request, authorization, lookUps } = setUp();
    await send(request({}));
    const forged = authorization('Digest nonce="forged", algorithm=MD5');
    const { answer } = await send(request({ authorization: forged }));
    assert.equal(answer?.status, 401);
    assert.match(answer?.headers['WWW-Authenticate'] ?? '', /stale=true/);
    assert.deepEqual(lookUps, []);
  });

  test('a replayed answer is stale; the next count of the same nonce is good', async () => {
    const { send, request, authorization } = setUp();
    const first = await send(request({}));
    const line = first.answer?.headers['WWW-Authenticate'] ?? '';
    const statuses = [];
    for (const [nc, cseq] of [
      ['00000001', 1],
      ['00000001', 2],
      ['00000002', 3],
    ] as const) {
      const headers = { authorization: authorization(line, { nc }), cseq: `${cseq} REGISTER` };
      statuses.push((await send(request(headers))).answer?.status);
    }
    assert.deepEqual(statuses, [200, 401, 200]);
  });

  test('an answer made for another request is refused', async () => {
    const { register } = setUp();
    assert.equal((await register({}, { uri: 'sip:elsewhere' })).answer?.status, 403);
    assert.equal((await register({}, { method: 'INVITE' })).answer?.status, 403);
  });

  test('nobody registers another’s phone', async () => {
    const { register, registrar } = setUp();
    const { answer } = await register({ to: '<sip:1002@centralita>' });
    assert.equal(answer?.status, 403);
    assert.deepEqual(registrar.bindingsOf('1002'), []);
  });

  test('a guesser has to wait, also with the right password; the owner elsewhere does not', async () => {
    const { register } = setUp();
    for (let i = 0; i < 6; i++) await register({}, { password: `guess-${i}` });
    assert.equal((await register()).answer?.status, 403);
    const elsewhere = { source_address: '198.51.100.1' };
    assert.equal((await register({}, {}, elsewhere)).answer?.status, 200);
  });

  test('a brief expiry, a late request, a query and an unregistration', async () => {
    const { register, registrar } = setUp();
    const brief = await register({ contact: '<sip:1@h>;expires=5' });
    assert.deepEqual([brief.answer?.status, brief.answer?.headers['Min-Expires']], [423, '30']);
    await register({ cseq: '7 REGISTER' });
    assert.equal((await register({ cseq: '6 REGISTER' })).answer?.status, 500);
    const query = await register({ contact: undefined, cseq: '1 REGISTER' });
    assert.equal(query.answer?.headers.Contact, '<sip:1001@10.0.0.5:5062>;expires=60');
    const gone = await register({ contact: '*', expires: '0', cseq: '8 REGISTER' });
    assert.deepEqual([gone.answer?.status, gone.answer?.headers], [200, {}]);
    assert.deepEqual(registrar.bindingsOf('1001'), []);
  });

  test('garbage gets the least possible answer, before anybody is challenged', async () => {
    const { send, request } = setUp();
    for (const [headers, status] of [
      [{ to: undefined }, 400],
      [{ to: '<sip:centralita>' }, 400],
      [{ cseq: 'x' }, 400],
      [{ cseq: '4294967296 REGISTER' }, 400],
      [{ 'call-id': '' }, 400],
      [{ contact: '<<>>' }, 400],
      [{ require: 'gruu' }, 420],
    ] as const)
      assert.equal((await send(request(headers))).answer?.status, status, JSON.stringify(headers));
    const { answer } = await send(request({}, 'REGISTER', { protocol: 'wss' }));
    assert.equal(answer?.status, 403);
  });

  test('scanners and floods hear nothing', async () => {
    const { send, request } = setUp({
      guardLimits: {
        burst: 2,
        perSecond: 1,
        failuresFree: 5,
        waitMsFirst: 1,
        waitMsMax: 1,
        sourceFailuresMax: 5,
        sourceWindowMs: 1,
        entriesMax: 10,
      },
    });
    const scan = await send(request({ 'user-agent': 'friendly-scanner' }));
    assert.equal(scan.answer, undefined);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await send(request({}))).answer?.status);
    assert.deepEqual(statuses, [401, 401, undefined]);
  });

  test('the database away: come back later, whoever you are', async () => {
    const away = { find: () => Promise.reject(new Error('away')) };
    assert.equal((await setUp({ credentials: away }).register()).answer?.status, 503);
    const slow = { find: () => new Promise<never>(() => {}) };
    assert.equal((await setUp({ credentials: slow }).register()).answer?.status, 503);
  });

  test('what was registered before a restart is there after it, but for what has expired', async () => {
    const { register, stored, clock } = setUp();
    await register();
    const later = setUp();
    later.clock.advance(clock.now() - later.clock.now() + 59_000);
    for (const [extension, bindings] of stored) later.stored.set(extension, bindings);
    await later.registrar.restore();
    assert.equal(later.registrar.bindingsOf('1001').length, 1);
    assert.deepEqual(later.reachable, ['1001 true']);
    later.clock.advance(1_000);
    assert.deepEqual(later.reachable, ['1001 true', '1001 false']);
  });

  test('a restore that fails leaves a registrar that works', async () => {
    const store = { all: () => Promise.reject(new Error('away')), replace: async () => {} };
    const { registrar, register } = setUp({ store });
    await registrar.restore();
    assert.equal((await register()).answer?.status, 200);
  });

  test('authenticate: a call of a phone is challenged by 407 and then known', async () => {
    const { send, request, authorization } = setUp();
    const first = await send(request({}, 'INVITE'), 'authenticate');
    assert.deepEqual([first.value, first.answer?.status], [undefined, 407]);
    const line = first.answer?.headers['Proxy-Authenticate'] ?? '';
    const right = authorization(line, { method: 'INVITE' });
    const second = await send(request({ 'proxy-authorization': right }, 'INVITE'), 'authenticate');
    assert.deepEqual([second.value, second.answer], ['1001', undefined]);
  });

  test('authenticate: what is not proved has been answered when the promise resolves', async () => {
    const { send, request, authorization } = setUp();
    const first = await send(request({}, 'INVITE'), 'authenticate');
    const line = first.answer?.headers['Proxy-Authenticate'] ?? '';
    const wrong = authorization(line, { method: 'INVITE', password: 'x' });
    const second = await send(request({ 'proxy-authorization': wrong }, 'INVITE'), 'authenticate');
    assert.deepEqual([second.value, second.answer?.status, second.tookMs], [undefined, 403, 500]);
  });
});
