import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipResponse } from '../../../src/embedded/sip/index.ts';
import { agentPhone, connect, responseOf, sdp, statusOf } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { switches, desk, phone } = await openSuite();

const uri = () => phone.uriOf('8005550100');
const dial = (...headers: [string, string][]) => phone.call(uri(), { body: sdp(40_000), headers });
const saysWhatItTakes = ({ headers }: Pick<SipResponse, 'headers'>): void => {
  assert.match(headers.get('allow') ?? '', /INVITE.*UPDATE.*REFER/);
  assert.doesNotMatch(headers.get('allow') ?? '', /MESSAGE|PUBLISH/);
  assert.match(headers.get('supported') ?? '', /\btimer\b/);
};

test('What is not taken is not allowed, and says what is (RFC 3261 section 8.2.1)', async () => {
  for (const method of ['MESSAGE', 'PUBLISH', 'INFO']) {
    const response = await phone.request(method, uri());
    assert.equal(response.status, 405, method);
    assert.match(response.headers.get('allow') ?? '', /INVITE/);
  }
  const lost = { headers: [['To', `<${uri()}>;tag=nosuch`]] as [string, string][] };
  assert.equal((await phone.request('INFO', uri(), lost)).status, 481);
});

test('INVITEs, answers to them and to OPTIONS say what we take', async () => {
  saysWhatItTakes(await phone.request('OPTIONS', uri()));
  const { answered } = dial();
  const { session, response } = await answered;
  saysWhatItTakes(response);
  const { leg } = await desk.next('answered');
  const agent = await agentPhone(switches, (call) => call.reject(486));
  desk.ring(leg.callId, [agent.uri]);
  await desk.next('agentFailed');
  saysWhatItTakes(agent.calls[0]?.request ?? assert.fail('nobody was called'));
  session.bye();
  await desk.next('callerGone');
  await agent.phone.close();
});

test('A session timer that a re-INVITE or UPDATE brings is confirmed (RFC 4028 section 9)', async () => {
  const { caller, leg } = await connect(desk, phone);
  const asks = async (method: 'INVITE' | 'UPDATE', body: string, ...more: [string, string][]) => {
    const outcome = await caller.request(method, { body, headers: more });
    const { status, headers } = responseOf(outcome);
    return [status, headers.get('session-expires'), headers.get('require')];
  };
  const able: [string, string] = ['Supported', 'timer'];
  assert.deepEqual(await asks('UPDATE', '', able, ['Session-Expires', '1800;refresher=uac']), [
    200,
    '1800;refresher=uac',
    'timer',
  ]);
  assert.deepEqual(
    await asks('INVITE', sdp(40_000, 'sendrecv', 2), able, [
      'Session-Expires',
      '600;refresher=uas',
    ]),
    [200, '600;refresher=uas', undefined],
  );
  assert.deepEqual(await asks('UPDATE', ''), [200, undefined, undefined]);
  leg.hangup();
});

test('Whoever knows nothing of session timers is not told to ask less often', async () => {
  const { answered } = dial(['Session-Expires', '60']);
  const { session } = await answered;
  session.bye();
  await desk.next('callerGone');
  assert.equal(statusOf(await dial(['Session-Expires', '60'], ['Supported', 'timer']).failed), 422);
});

test('A call that would take the place of another is no new call (RFC 3891 section 3)', async () => {
  const { leg } = await connect(desk, phone);
  const replacing = (id: string, to: string, from: string) =>
    dial(['Replaces', `${id};to-tag=${to};from-tag=${from}`]).failed;
  desk.heard.length = 0;
  const { sipCallId, localTag, remoteTag } = leg.identity;
  assert.equal(statusOf(await replacing('nobody@x', 'a', 'b')), 481);
  assert.equal(statusOf(await replacing(sipCallId, localTag, 'other')), 481);
  assert.equal(statusOf(await replacing(sipCallId, localTag, remoteTag)), 603);
  assert.deepEqual(desk.types(), []);
  leg.hangup();
});

test('What a far end insists on and nobody knows is refused by name (RFC 3261 section 8.2.2.3)', async () => {
  const headers: [string, string][] = [['Require', 'timer, nothingSupportsThis']];
  const refused = await phone.request('OPTIONS', uri(), { headers });
  assert.deepEqual(
    [refused.status, refused.headers.get('unsupported')],
    [420, 'nothingSupportsThis'],
  );
  const { caller, leg } = await connect(desk, phone);
  const asked = responseOf(await caller.request('INVITE', { body: sdp(40_000), headers }));
  assert.deepEqual([asked.status, asked.headers.get('unsupported')], [420, 'nothingSupportsThis']);
  leg.hangup();
});

test('A description may be one part of what is said; without one it is said what is taken (RFC 5621)', async () => {
  const call = (contentType: string, body: string) => phone.call(uri(), { contentType, body });
  const part = (type: string, content: string) =>
    `--x\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;
  const isup = part('application/isup;version=itu-t92+', 'abc');
  const mixed = 'multipart/mixed;boundary=x';
  const both = call(mixed, `${isup}${part('application/sdp', sdp(40_000))}--x--\r\n`);
  const { session, response } = await both.answered;
  assert.match(response.body, /^m=audio [1-9]\d* RTP\/AVP 8 101\r$/m);
  session.bye();
  await desk.next('callerGone');
  for (const [type, body] of [
    ['text/plain', 'Hola'],
    [mixed, `${isup}--x--\r\n`],
  ] as const) {
    const refused = await call(type, body).failed;
    assert.ok(typeof refused === 'object');
    assert.deepEqual([refused.status, refused.headers.get('accept')], [415, 'application/sdp']);
  }
});

/** INVITEs of one Call-ID and From tag, each by another way. */
const sameCall = (tag: string, ...headers: [string, string][]) => ({
  callId: `${tag}@127.0.0.1`,
  body: sdp(40_000),
  headers: [['From', `<sip:5550001@127.0.0.1>;tag=${tag}`], ['CSeq', '7 INVITE'], ...headers] as [
    string,
    string,
  ][],
});

test('A copy that a forking proxy sent another way is no second call (RFC 3261 section 8.2.2.2)', async () => {
  const parts = sameCall('forked');
  const first = phone.call(uri(), parts);
  assert.equal(statusOf(await phone.call(uri(), parts).failed), 482);
  const { session } = await first.answered;
  await desk.next('answered');
  desk.heard.length = 0;
  // From the answer on drachtio says it by itself.
  assert.equal(statusOf(await phone.call(uri(), parts).failed), 491);
  const other = { ...parts, headers: parts.headers.with(1, ['CSeq', '8 INVITE']) };
  assert.equal(statusOf(await phone.call(uri(), other).failed), 491);
  assert.deepEqual(desk.types(), []);
  session.bye();
  await desk.next('callerGone');
  assert.equal(statusOf(await phone.call(uri(), parts).failed), 482);
});

test('Who was refused and tries again is heard', async () => {
  const parts = sameCall('again');
  const unknown = sdp(40_000).replace('AVP 8 101', 'AVP 3');
  for (let attempt = 1; attempt <= 2; attempt++) {
    assert.equal(statusOf(await phone.call(uri(), { ...parts, body: unknown }).failed), 488);
    await desk.next('callerGone');
  }
  const { session } = await phone.call(uri(), parts).answered;
  session.bye();
  await desk.next('callerGone');
});

test('Descriptions in the odd forms that there are: a number of ports, keys for SRTP beside plain RTP', async () => {
  const keys = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
  for (const body of [sdp(40_000).replace('40000', '40000/2'), `${sdp(40_000)}${keys}\r\n`]) {
    const { session, response } = await phone.call(uri(), { body }).answered;
    assert.match(response.body, /^m=audio [1-9]\d* RTP\/AVP 8 101\r$/m);
    session.bye();
    await desk.next('callerGone');
  }
});

test('A description that drachtio could not take back is refused, and the next call is taken', async () => {
  // One line of more than 8 KiB is a bad request to drachtio itself.
  const line = `a=x-long:${'y'.repeat(88)}\r\n`;
  const long = (octets: number) => `${sdp(40_000)}${line.repeat(octets / line.length)}`;
  const call = (body: string) => phone.call(uri(), { body });
  for (const octets of [5_000, 13_000, 40_000])
    assert.equal(statusOf(await call(long(octets)).failed), 413, `${octets}`);
  const { caller, leg } = await connect(desk, phone, {}, long(2_500));
  assert.equal(responseOf(await caller.request('INVITE', { body: long(20_000) })).status, 413);
  assert.equal(responseOf(await caller.request('INVITE', { body: sdp(40_000) })).status, 200);
  leg.hangup();
});

test('Headers that drachtio could not take back are not given back, and the next call is taken', async () => {
  const options = 'x'.repeat(5_000);
  const refused = await dial(['Require', options]).failed;
  assert.ok(typeof refused === 'object');
  assert.deepEqual([refused.status, refused.headers.get('unsupported')], [420, undefined]);
  const from: [string, string] = ['From', `"${options}" <sip:5550001@127.0.0.1>;tag=long`];
  assert.equal(statusOf(await dial(from).failed), 513);
  await desk.next('callerGone');
  const { leg } = await connect(desk, phone);
  leg.hangup();
});
