import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { IncomingCall } from '../../../src/embedded/sip/index.ts';
import { newUuid } from '../../../src/lib/ids.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { callId, trunkId } from '../../../src/model/ids.ts';
import { TRUNK_DEFAULTS, type TrunkWithSecret } from '../../../src/model/trunk.ts';
import type { CallerLeg, DialRequest } from '../../../src/runtime/ports/index.ts';
import { eventually } from '../../support/eventually.ts';
import { Carrier, type CarrierOptions } from './support/carrier.ts';
import { sdp } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { desk, phone } = await openSuite();
const carriers: Carrier[] = [];
afterEach(async () => {
  assert.deepEqual(
    desk.telephony.trunks.states().map(({ callsIn, callsOut }) => callsIn + callsOut),
    desk.telephony.trunks.states().map(() => 0),
    'every call of a trunk has been given back',
  );
  desk.telephony.trunks.configure([]);
  for (const carrier of carriers.splice(0)) await carrier.close();
});

async function carrier(options: CarrierOptions = {}): Promise<Carrier> {
  const opened = await Carrier.open(options);
  carriers.push(opened);
  return opened;
}

const refuses = (status: number, headers: [string, string][] = []) => ({
  onCall: (call: IncomingCall) => call.reject(status, { headers }),
});

/** Trunks to these carriers, in this order of priority. */
function trunks(...given: (Partial<TrunkWithSecret> & { readonly to: Carrier })[]): void {
  desk.telephony.trunks.configure(
    given.map(({ to, ...trunk }, index) => ({
      ...TRUNK_DEFAULTS,
      id: trunkId(`t${index + 1}`),
      name: `Trunk ${index + 1}`,
      uri: to.uri,
      priority: index,
      optionsSeconds: 0,
      responseSeconds: 1,
      ...trunk,
    })),
  );
}

interface Outcome {
  readonly answered: Promise<CallerLeg>;
  readonly failed: Promise<string>;
  /** What was told, in order. */
  readonly told: readonly string[];
  hangup(): void;
}

function dial(request: Partial<DialRequest> = {}): Outcome {
  let answered: CallerLeg | undefined;
  let failed: string | undefined;
  const told: string[] = [];
  const dialling = desk.telephony.dial(
    {
      callId: callId(newUuid()),
      to: { kind: 'number', number: '+34911234567' },
      ringMsMax: 10_000,
      ...request,
    },
    {
      ringing: () => {},
      answered: (leg) => {
        answered = leg;
      },
      failed: (cause) => {
        failed = cause;
        told.push('failed');
      },
      gone: () => void told.push('gone'),
      digit: () => {},
      over: () => void told.push('over'),
    },
  );
  return {
    told,
    hangup: () => dialling.hangup(),
    get answered() {
      return eventually('somebody answers', () => answered);
    },
    get failed() {
      return eventually('it fails', () => failed);
    },
  };
}

const stateOf = (index: number) => desk.telephony.trunks.states()[index];

for (const algorithm of ['MD5', 'SHA-256'] as const) {
  test(`A trunk that asks for a digest (${algorithm}) gets it, and hears who calls`, async () => {
    const good = await carrier({ user: 'acme', password: 'pass, "word"', algorithm });
    trunks({
      to: good,
      username: 'acme',
      password: new Secret('pass, "word"'),
      trusted: true,
      callerId: { ...TRUNK_DEFAULTS.callerId, show: '+34910000000' },
    });
    const call = dial();
    const { request } = await good.call();
    assert.match(request.uri, /^sip:\+34911234567@127\.0\.0\.1/);
    assert.match(request.headers.get('from') ?? '', /<sip:\+34910000000@/);
    assert.match(request.headers.get('p-asserted-identity') ?? '', /<sip:\+34910000000@/);
    await call.answered;
    assert.deepEqual(stateOf(0)?.counts, { in: 0, out: 1, answered: 1, failed: 0, full: 0 });
    call.hangup();
    await eventually('the carrier hears the end', () => good.ended === 1);
  });
}

test('A wrong password is said once, and the next trunk has the call', async () => {
  const strict = await carrier({ user: 'acme', password: 'right' });
  const good = await carrier();
  trunks({ to: strict, username: 'acme', password: new Secret('wrong') }, { to: good });
  const call = dial();
  await call.answered;
  assert.equal(strict.calls.length, 0);
  assert.equal(stateOf(0)?.problem, 'INVITE: 407');
  call.hangup();
});

for (const [name, options] of [
  ['503', refuses(503)],
  ['500', refuses(500)],
  ['408 before it rang', refuses(408)],
  ['a redirect, which nobody follows', refuses(302, [['Contact', '<sip:+34999@127.0.0.1:9>']])],
  ['silence', { onCall: (call: IncomingCall) => void call }],
] as const) {
  test(`Another trunk has the call after ${name}`, async () => {
    const bad = await carrier(options);
    const good = await carrier();
    trunks({ to: bad }, { to: good });
    const call = dial();
    await call.answered;
    assert.equal(stateOf(0)?.counts.failed, 1);
    assert.equal(stateOf(1)?.counts.answered, 1);
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
    const first = await carrier(refuses(status));
    const second = await carrier();
    trunks({ to: first }, { to: second });
    assert.equal(await dial().failed, cause);
    assert.equal(second.calls.length, 0);
    assert.equal(stateOf(0)?.counts.failed, 0);
  });
}

test('Whoever counts calls hears that one is over, however it ends: our own hanging up of its leg, too', async () => {
  const good = await carrier();
  trunks({ to: good });
  const call = dial();
  (await call.answered).hangup();
  assert.deepEqual(call.told, ['over']);
  await eventually('the carrier hears the end', () => good.ended === 1);
  const bad = await carrier(refuses(486));
  trunks({ to: bad });
  const other = dial();
  await other.failed;
  assert.deepEqual(other.told, ['failed', 'over'], 'the result comes first');
});

test('What has rung rings nowhere else, whatever comes then', async () => {
  const first = await carrier({
    onCall: (call) => {
      call.progress(180);
      setTimeout(() => call.reject(503), 200);
    },
  });
  const second = await carrier();
  trunks({ to: first }, { to: second });
  assert.equal(await dial().failed, 'noTrunk');
  assert.equal(second.calls.length, 0);
});

test('A carrier that rings for ever is given up in time', async () => {
  const endless = await carrier({ onCall: (call) => call.progress(180) });
  trunks({ to: endless });
  assert.equal(await dial({ ringMsMax: 600 }).failed, 'noAnswer');
  await eventually('it is cancelled', () => endless.cancelled.length === 1);
});

test('All trunks that fail are tried, and then it has failed', async () => {
  const all = [
    await carrier(refuses(503)),
    await carrier(refuses(502)),
    await carrier(refuses(480)),
  ];
  trunks(...all.map((to) => ({ to })));
  assert.equal(await dial().failed, 'noAnswer');
  assert.deepEqual(
    all.map(({ calls }) => calls.length),
    [1, 1, 1],
  );
});

test('A trunk that wants to be left alone is, and one that is full gets no more', async () => {
  const busy = await carrier(refuses(503, [['Retry-After', '60']]));
  const good = await carrier();
  trunks({ to: busy }, { to: good, callsOutMax: 1 });
  const first = dial();
  await first.answered;
  assert.equal(await dial().failed, 'noTrunk', 'the tired one is tried when there is no other');
  first.hangup();
  await eventually('it is over', () => stateOf(1)?.callsOut === 0);
  const third = dial();
  await third.answered;
  assert.equal(busy.calls.length, 2, 'and not while there is');
  third.hangup();
});

test('A number is shown by the rules, and withheld without a trace to whom is not trusted', async () => {
  const to = await carrier();
  const rules = [{ to: '+52', show: 'withheld' }];
  const callerId = { show: '+34910000000', own: ['8005550100'], rules, passesOn: false };
  trunks({ to, callerId });
  const spain = dial({ calledNumber: '8005550100', callerNumber: '+525555550001' });
  const shown = (await to.call(1)).request.headers;
  assert.match(shown.get('from') ?? '', /<sip:8005550100@/);
  await spain.answered;
  spain.hangup();
  const mexico = dial({ to: { kind: 'number', number: '+525511112222' } });
  const hidden = (await to.call(2)).request.headers;
  assert.match(hidden.get('from') ?? '', /sip:anonymous@anonymous\.invalid/);
  assert.equal(hidden.get('privacy'), 'id');
  assert.equal(hidden.get('p-asserted-identity'), undefined);
  await mexico.answered;
  mexico.hangup();
});

test('It registers, refreshes, and takes the registration back', async () => {
  const to = await carrier({ user: 'acme', password: 'right', algorithm: 'SHA-256' });
  to.registerAnswers.push({ status: 423, headers: [['Min-Expires', '120']] });
  to.grantSeconds = 2;
  trunks({ to, username: 'acme', password: new Secret('right'), registerSeconds: 60 });
  const [first] = await eventually('registered', () => to.registers[0] && to.registers);
  assert.equal(first?.headers.get('expires'), '120');
  assert.match(first?.headers.get('contact') ?? '', /^<sip:acme@127\.0\.0\.1:\d+/);
  await eventually('it says so', () => stateOf(0)?.registration?.state === 'registered');
  assert.notEqual(stateOf(0)?.registration?.expiresAt, undefined);
  desk.telephony.trunks.configure([]);
  const last = await eventually('taken back', () => to.registers[1]);
  assert.equal(last.headers.get('expires'), '0');
  assert.equal(last.headers.get('call-id'), first?.headers.get('call-id'));
});

test('A refused registration says why, and is not tried again at once', async () => {
  const to = await carrier({ user: 'acme', password: 'right' });
  trunks({ to, username: 'acme', password: new Secret('wrong'), registerSeconds: 60 });
  await eventually('it fails', () => stateOf(0)?.registration?.state === 'failed');
  assert.equal(stateOf(0)?.registration?.problem, 'wrong user or password');
  assert.equal(to.registers.length, 0);
});

test('OPTIONS finds a trunk that is gone before a call does, and one that is back', async () => {
  const to = await carrier();
  to.optionsStatus = 405;
  trunks({ to, optionsSeconds: 1 });
  await eventually('it is up', () => stateOf(0)?.health === 'up');
  to.optionsStatus = 503;
  await eventually('it is down', () => stateOf(0)?.health === 'down', 8_000);
  assert.equal(stateOf(0)?.problem, 'OPTIONS: 503');
  to.optionsStatus = 200;
  await eventually('it is up again', () => stateOf(0)?.health === 'up', 8_000);
});

test('A call from a trunk is the trunk\u2019s, and its assertion is believed if it is trusted', async () => {
  const to = await carrier();
  const sources = ['127.0.0.1/32'];
  const invite = () =>
    phone.call(phone.uriOf('8005550100'), {
      body: sdp(40_000),
      headers: [['P-Asserted-Identity', '<sip:+525555550001@127.0.0.1>']],
    });
  for (const trusted of [true, false]) {
    trunks({ to, sources, trusted, callsInMax: 1 });
    const { session } = await invite().answered;
    const { call } = await desk.next('arrived');
    assert.equal(call.trunkId, 't1');
    assert.equal(call.ani === '+525555550001', trusted);
    assert.equal(stateOf(0)?.callsIn, 1);
    const tooMany = await invite().failed;
    assert.equal(typeof tooMany === 'string' ? tooMany : tooMany.status, 503);
    session.bye();
    await desk.next('callerGone');
  }
});
