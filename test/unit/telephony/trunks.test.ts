import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { expectedResponse, ha1, responseWithoutQop } from '../../../src/lib/digest.ts';
import { newUuid } from '../../../src/lib/ids.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { Proofs } from '../../../src/lib/proofs.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { trunkId } from '../../../src/model/ids.ts';
import { TRUNK_DEFAULTS, type TrunkConfig } from '../../../src/model/trunk.ts';
import { numberShown } from '../../../src/telephony/trunks/caller-id.ts';
import { Health } from '../../../src/telephony/trunks/health.ts';
import { Sources } from '../../../src/telephony/trunks/sources.ts';
import { hostOf, isTrunksFault, portOf } from '../../../src/telephony/trunks/trunk.ts';
import { Trunks } from '../../../src/telephony/trunks/trunks.ts';

const trunk = (given: Partial<TrunkConfig> = {}): TrunkConfig => ({
  ...TRUNK_DEFAULTS,
  id: trunkId('t'),
  name: 'Trunk',
  uri: 'sip:192.0.2.1',
  ...given,
});

const responseWith = (header: string, value: string) => ({
  has: (name: string) => name === header,
  get: () => value,
});

describe('digest answers', () => {
  const request = { method: 'INVITE', uri: 'sip:+34@carrier' };
  const credentials = { username: 'acme', password: new Secret('pw') };

  test('the strongest algorithm of those that are offered is answered', () => {
    const offered =
      'Digest realm="r", nonce="n1", qop="auth", algorithm=MD5, Digest realm="r", nonce="n2", qop="auth,auth-int", algorithm=SHA-256, opaque="o"';
    const answer = new Proofs(credentials).after(
      401,
      responseWith('WWW-Authenticate', offered),
      request,
    )?.Authorization;
    const value = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(answer ?? '')?.[1];
    assert.equal(value('nonce'), 'n2');
    assert.equal(value('opaque'), 'o');
    const parts = { algorithm: 'SHA-256', nonce: 'n2', uri: request.uri, nc: '00000001' } as const;
    const key = ha1('SHA-256', 'acme', 'r', 'pw');
    const right = expectedResponse({ ...parts, cnonce: value('cnonce') ?? '' }, key, 'INVITE');
    assert.equal(value('response'), right);
    assert.doesNotMatch(answer ?? '', /pw/);
  });

  test('a challenge of old without qop, and one that cannot be answered', () => {
    const plain = responseWith('Proxy-Authenticate', 'Digest realm="r", nonce="n"');
    const answer = new Proofs(credentials).after(407, plain, request)?.['Proxy-Authorization'];
    const key = ha1('MD5', 'acme', 'r', 'pw');
    const right = responseWithoutQop(
      { algorithm: 'MD5', nonce: 'n', uri: request.uri },
      key,
      'INVITE',
    );
    assert.match(answer ?? '', new RegExp(`response="${right}"`));
    for (const bad of [
      'Basic realm="r"',
      'Digest realm="r", nonce="n", qop="auth-int"',
      '',
      'Digest',
    ])
      assert.equal(
        new Proofs(credentials).after(407, responseWith('Proxy-Authenticate', bad), request),
        undefined,
      );
  });

  test('a proof that is not believed is not given again; one that came too late is, a few times', () => {
    const proofs = new Proofs(credentials);
    const asks = (more = '') =>
      responseWith('Proxy-Authenticate', `Digest realm="r", nonce="n", qop="auth"${more}`);
    const after = (more?: string) => proofs.after(407, asks(more), request);
    assert.ok(after());
    assert.equal(after(), undefined);
    for (let again = 0; again < 3; again += 1) assert.ok(after(', stale=true'));
    assert.equal(after(', stale=TRUE'), undefined, 'who is never content');
    assert.equal(new Proofs(undefined).after(407, asks(), request), undefined);
  });

  test('a secret is never shown by accident', () => {
    const secret = new Secret('pw');
    for (const text of [JSON.stringify({ secret }), `${secret}`, String(secret)])
      assert.doesNotMatch(text, /pw/);
  });
});

test('the number shown: a rule, the caller, the number called, the trunk', () => {
  const callerId = {
    show: '+34910000000',
    own: ['+34900111222'],
    rules: [
      { to: '+52', show: '+525550100' },
      { to: '+5255', show: 'withheld' },
    ],
    passesOn: false,
  };
  const shown = (to: string, behalf = {}, more = {}) =>
    numberShown(trunk({ callerId: { ...callerId, ...more } }), to, behalf);
  assert.equal(shown('+34911'), '+34910000000');
  assert.equal(shown('+5281'), '+525550100');
  assert.equal(shown('+525511'), 'withheld');
  assert.equal(shown('+34911', { dnis: '34900111222' }), '+34900111222');
  assert.equal(shown('+34911', { dnis: '800' }), '+34910000000');
  assert.equal(shown('+34911', { ani: '+5255' }), '+34910000000');
  assert.equal(shown('+34911', { ani: '+5255' }, { passesOn: true }), '+5255');
});

test('one lost answer changes nothing; three make it down, two up again', () => {
  const said: string[] = [];
  const health = new Health(new ManualClock(0), (state) => said.push(state));
  health.good();
  health.bad('x');
  health.bad('x');
  health.good();
  assert.equal(health.state, 'up');
  for (let index = 0; index < 3; index += 1) health.bad('x');
  assert.equal(health.state, 'down');
  health.good();
  assert.equal(health.state, 'down');
  health.good();
  assert.deepEqual(said, ['up', 'down', 'up']);
});

test("whose fault it is: the trunk's, or the customer's answer", () => {
  for (const status of [500, 502, 503, 504, 408, 302, 401, 403, 407])
    assert.ok(isTrunksFault({ status }), String(status));
  for (const status of [486, 600, 603, 404, 480, 484, 487, 604])
    assert.ok(!isTrunksFault({ status }), String(status));
  assert.ok(!isTrunksFault({ status: 503, rang: true }));
  assert.ok(isTrunksFault({ status: 503, progressed: true }));
  for (const status of [408, 302, 480])
    assert.ok(!isTrunksFault({ status, progressed: true }), `it may have rung: ${status}`);
  assert.ok(!isTrunksFault({ status: 503, q850: 17 }), 'the network says: busy');
});

test('addresses: networks, names that lead there, and an implied source with its port', async () => {
  const sources = new Sources();
  await sources.learn(trunk({ sources: ['192.0.2.0/24', '2001:db8::/32', 'localhost'] }));
  for (const address of ['192.0.2.77', '2001:db8::7', '127.0.0.1', '::ffff:192.0.2.9'])
    assert.ok(sources.include(address, 5060), address);
  for (const address of ['192.0.3.1', '2001:db9::1', 'nonsense', ''])
    assert.ok(!sources.include(address, 5060), address);
  const later = sources.learn(trunk({ sources: ['nowhere.invalid', '198.51.100.9'] }));
  assert.ok(sources.include('198.51.100.9', 5060), 'an address waits for nobody’s name');
  await later;
  assert.ok(sources.isIncomplete, 'a name that leads nowhere is asked for again soon');
  await sources.learn(trunk({ uri: 'sip:198.51.100.5:5070;transport=udp' }));
  assert.ok(!sources.isIncomplete);
  assert.ok(sources.include('198.51.100.5', 5070));
  assert.ok(!sources.include('198.51.100.5', 40_000));
});

test('what a URI says', () => {
  assert.deepEqual(
    [
      'sip:a.example',
      'sips:a.example',
      'sip:[2001:db8::1]:5070',
      'sip:A.example;transport=tls',
    ].map((uri) => [hostOf(uri), portOf(uri)]),
    [
      ['a.example', 5060],
      ['a.example', 5061],
      ['2001:db8::1', 5070],
      ['a.example', 5061],
    ],
  );
});

test('trunks of one priority share calls by weight; others wait their turn', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const clock = new ManualClock(0);
  const trunks = new Trunks({ srf: {} as never, clock, log: silentLogger, newId: newUuid, random });
  const one = (id: string, given: Partial<TrunkConfig>) => trunk({ id: trunkId(id), ...given });
  trunks.configure([
    one('a', { priority: 1, weight: 3 }),
    one('b', { priority: 1, weight: 1 }),
    one('c', { priority: 2 }),
    one('d', { priority: 0, serves: ['+52'] }),
    one('e', { priority: 0, enabled: false }),
  ]);
  const first = new Map<string, number>();
  for (let index = 0; index < 2_000; index += 1) {
    const [way, ...rest] = trunks.waysTo({ kind: 'number', number: '+34911234567' });
    first.set(way?.config.id ?? '', (first.get(way?.config.id ?? '') ?? 0) + 1);
    assert.equal(rest.at(-1)?.config.id, 'c');
  }
  const share = (first.get('a') ?? 0) / 2_000;
  assert.ok(share > 0.7 && share < 0.8, `a has ${share}`);
  assert.equal(trunks.waysTo({ kind: 'number', number: '+525511112222' })[0]?.config.id, 'd');
  trunks.close();
});
