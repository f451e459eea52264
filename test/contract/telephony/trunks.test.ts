import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncomingCall } from '../../../src/embedded/sip/index.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { TRUNK_DEFAULTS } from '../../../src/model/trunk.ts';
import { PlacedLeg } from '../../../src/telephony/placed-leg.ts';
import { eventually } from '../../support/eventually.ts';
import { sdp } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';
import { refuses, WaysOut } from './support/ways-out.ts';

const { desk, phone } = await openSuite();
const out = new WaysOut(desk);

const after = (progress: number, status: number) => ({
  onCall: (call: IncomingCall) => {
    call.progress(progress);
    setTimeout(() => call.reject(status), 200);
  },
});

for (const algorithm of ['MD5', 'SHA-256'] as const) {
  test(`A trunk that asks for a digest (${algorithm}) gets it, and hears who calls`, async () => {
    const good = await out.carrier({ user: 'acme', password: 'pass, "word"', algorithm });
    out.trunks({
      to: good,
      username: 'acme',
      password: new Secret('pass, "word"'),
      trusted: true,
      callerId: { ...TRUNK_DEFAULTS.callerId, show: '+34910000000' },
    });
    const call = out.dial();
    const { request } = await good.call();
    assert.match(request.uri, /^sip:\+34911234567@127\.0\.0\.1/);
    assert.match(request.headers.get('from') ?? '', /<sip:\+34910000000@/);
    assert.match(request.headers.get('p-asserted-identity') ?? '', /<sip:\+34910000000@/);
    await call.answered;
    assert.deepEqual(out.stateOf(0)?.counts, { in: 0, out: 1, answered: 1, failed: 0, full: 0 });
    call.hangup();
    await eventually('the carrier hears the end', () => good.ended === 1);
  });
}

test('A proxy that asks for a proof, and behind it another that asks for one too, both get it', async () => {
  const seen: string[] = [];
  const chain = await out.carrier({
    onCall: (call, carrier) => {
      const { headers } = call.request;
      const [proxy, peer] = ['proxy-authorization', 'authorization'].map((name) =>
        headers.get(name),
      );
      const counts = [proxy, peer].map((proof) => /nc=(\d+)/.exec(proof ?? '')?.[1] ?? '-');
      seen.push(counts.join(' '));
      const challenge = 'Digest realm="r", nonce="n", qop="auth"';
      if (!proxy) call.reject(407, { headers: [['Proxy-Authenticate', challenge]] });
      else if (!peer) call.reject(401, { headers: [['WWW-Authenticate', challenge]] });
      else carrier.answer(call);
    },
  });
  out.trunks({ to: chain, username: 'acme', password: new Secret('right') });
  const call = out.dial();
  await call.answered;
  assert.deepEqual(seen, ['- -', '00000001 -', '00000002 00000001']);
  call.hangup();
});

for (const [allow, asked] of [
  ['INVITE, BYE, UPDATE', 'UPDATE'],
  ['INVITE, BYE', 'INVITE'],
] as const) {
  test(`A trunk that asks for a proof within calls gets it: in the ${asked} of a refresh, and in the BYE`, async () => {
    const strict = await out.carrier({ user: 'acme', password: 'right', asksWithin: true, allow });
    out.trunks({ to: strict, username: 'acme', password: new Secret('right') });
    const call = out.dial();
    const leg = await call.answered;
    assert.ok(leg instanceof PlacedLeg);
    leg.doubt();
    await eventually('it has been asked', () => strict.proven.includes(asked));
    leg.hangup();
    await eventually('it has heard the end', () => strict.ended === 1);
    assert.deepEqual(strict.proven, [asked, 'BYE']);
  });
}

test('A wrong password is said once, and the next trunk has the call', async () => {
  const strict = await out.carrier({ user: 'acme', password: 'right' });
  const good = await out.carrier();
  out.trunks({ to: strict, username: 'acme', password: new Secret('wrong') }, { to: good });
  const call = out.dial();
  await call.answered;
  assert.equal(strict.calls.length, 0);
  assert.equal(out.stateOf(0)?.problem, 'INVITE: 407');
  call.hangup();
});

for (const [name, options] of [
  ['503', refuses(503)],
  ['500', refuses(500)],
  ['408 before it rang', refuses(408)],
  ['a redirect, which nobody follows', refuses(302, [['Contact', '<sip:+34999@127.0.0.1:9>']])],
  ['503 that comes after 183: what sounded was the network itself', after(183, 503)],
  ['only 100', { onCall: (call: IncomingCall) => call.progress(100) }],
  ['silence', { onCall: (call: IncomingCall) => void call }],
] as const) {
  test(`Another trunk has the call after ${name}`, async () => {
    const bad = await out.carrier(options);
    const good = await out.carrier();
    out.trunks({ to: bad }, { to: good });
    const call = out.dial();
    await call.answered;
    assert.equal(out.stateOf(0)?.counts.failed, 1);
    assert.equal(out.stateOf(1)?.counts.answered, 1);
    assert.notEqual(
      bad.calls[0]?.request.headers.get('call-id') ?? 'a',
      good.calls[0]?.request.headers.get('call-id') ?? 'b',
    );
    call.hangup();
  });
}

for (const [status, cause] of [
  [486, 'busy'],
  [603, 'rejected'],
  [404, 'unreachable'],
] as const) {
  test(`${status} is the customer's answer: no other trunk is tried`, async () => {
    const first = await out.carrier(refuses(status));
    const second = await out.carrier();
    out.trunks({ to: first }, { to: second });
    assert.equal(await out.dial().failed, cause);
    assert.equal(second.calls.length, 0);
    assert.equal(out.stateOf(0)?.counts.failed, 0);
  });
}

test('Whoever counts calls hears that one is over, however it ends: our own hanging up of its leg, too', async () => {
  const good = await out.carrier();
  out.trunks({ to: good });
  const call = out.dial();
  (await call.answered).hangup();
  assert.deepEqual(call.told, ['over']);
  await eventually('the carrier hears the end', () => good.ended === 1);
  const bad = await out.carrier(refuses(486));
  out.trunks({ to: bad });
  const other = out.dial();
  await other.failed;
  assert.deepEqual(other.told, ['failed', 'over'], 'the result comes first');
});

test('What has rung rings nowhere else, whatever comes then', async () => {
  const first = await out.carrier(after(180, 503));
  const second = await out.carrier();
  out.trunks({ to: first }, { to: second });
  assert.equal(await out.dial().failed, 'noTrunk');
  assert.equal(second.calls.length, 0);
});

test('A carrier that rings for ever is given up in time', async () => {
  const endless = await out.carrier({ onCall: (call) => call.progress(180) });
  out.trunks({ to: endless });
  assert.equal(await out.dial({ ringMsMax: 600 }).failed, 'noAnswer');
  await eventually('it is cancelled', () => endless.cancelled.length === 1);
});

test('All trunks that fail are tried, and then it has failed', async () => {
  const all = [
    await out.carrier(refuses(503)),
    await out.carrier(refuses(502)),
    await out.carrier(refuses(480)),
  ];
  out.trunks(...all.map((to) => ({ to })));
  assert.equal(await out.dial().failed, 'noAnswer');
  assert.deepEqual(
    all.map(({ calls }) => calls.length),
    [1, 1, 1],
  );
});

test('A trunk that wants to be left alone is, and one that is full gets no more', async () => {
  const busy = await out.carrier(refuses(503, [['Retry-After', '60']]));
  const good = await out.carrier();
  out.trunks({ to: busy }, { to: good, callsOutMax: 1 });
  const first = out.dial();
  await first.answered;
  assert.equal(await out.dial().failed, 'noTrunk', 'the tired one is tried when there is no other');
  first.hangup();
  await eventually('it is over', () => out.stateOf(1)?.callsOut === 0);
  const third = out.dial();
  await third.answered;
  assert.equal(busy.calls.length, 2, 'and not while there is');
  third.hangup();
});

test('A number is shown by the rules, and withheld without a trace to whom is not trusted', async () => {
  const to = await out.carrier();
  const rules = [{ to: '+52', show: 'withheld' }];
  const callerId = { show: '+34910000000', own: ['8005550100'], rules, passesOn: false };
  out.trunks({ to, callerId });
  const spain = out.dial({ calledNumber: '8005550100', callerNumber: '+525555550001' });
  const shown = (await to.call(1)).request.headers;
  assert.match(shown.get('from') ?? '', /<sip:8005550100@/);
  await spain.answered;
  spain.hangup();
  const mexico = out.dial({ to: { kind: 'number', number: '+525511112222' } });
  const hidden = (await to.call(2)).request.headers;
  assert.match(hidden.get('from') ?? '', /sip:anonymous@anonymous\.invalid/);
  assert.equal(hidden.get('privacy'), 'id');
  assert.equal(hidden.get('p-asserted-identity'), undefined);
  await mexico.answered;
  mexico.hangup();
});

test('A call from a trunk is the trunk\u2019s, and its assertion is believed if it is trusted', async () => {
  const to = await out.carrier();
  const sources = ['127.0.0.1/32'];
  const invite = () =>
    phone.call(phone.uriOf('8005550100'), {
      body: sdp(40_000),
      headers: [['P-Asserted-Identity', '<sip:+525555550001@127.0.0.1>']],
    });
  for (const trusted of [true, false]) {
    out.trunks({ to, sources, trusted, callsInMax: 1 });
    const { session } = await invite().answered;
    const { call } = await desk.next('arrived');
    assert.equal(call.trunkId, 't1');
    assert.equal(call.ani === '+525555550001', trusted);
    assert.equal(out.stateOf(0)?.callsIn, 1);
    const tooMany = await invite().failed;
    assert.equal(typeof tooMany === 'string' ? tooMany : tooMany.status, 503);
    session.bye();
    await desk.next('callerGone');
  }
});

test('Nobody at the address of a trunk: the next one has the call at once', async () => {
  const good = await out.carrier();
  const gone = await out.carrier();
  const uri = gone.uri;
  await gone.close();
  for (const way of [uri, uri.replace('udp', 'tcp'), 'sip:nobody.invalid;transport=udp']) {
    out.trunks({ to: { uri: way }, responseSeconds: 9 }, { to: good });
    const since = performance.now();
    const call = out.dial();
    await call.answered;
    assert.ok(performance.now() - since < 4_000, way);
    assert.equal(out.stateOf(0)?.problem, 'INVITE: 503');
    call.hangup();
    await eventually('it is over', () => out.stateOf(1)?.callsOut === 0);
  }
});

test('A trunk that is changed keeps its calls, which count, and its health', async () => {
  const to = await out.carrier();
  out.trunks({ to, callsMax: 1 });
  const call = out.dial();
  await call.answered;
  out.trunks({ to, callsMax: 1, name: 'Another name' });
  assert.deepEqual([out.stateOf(0)?.name, out.stateOf(0)?.callsOut], ['Another name', 1]);
  assert.equal(out.stateOf(0)?.health, 'up');
  assert.equal(await out.dial().failed, 'limit');
  call.hangup();
  await eventually('it is over', () => out.stateOf(0)?.callsOut === 0);
});
