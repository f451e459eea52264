import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { callId } from '../../../src/model/ids.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { freePort } from '../../support/ports.ts';
import { agentPhone, answeringPhone, block, connect, sdp } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { switches, desk, phone } = await openSuite();
const leaving: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const leave of leaving.splice(0)) await leave();
});

async function picksUp() {
  const agent = await answeringPhone(switches);
  leaving.push(() => agent.phone.close());
  return agent;
}

async function doesAs(onInvite: Parameters<typeof agentPhone>[1]) {
  const agent = await agentPhone(switches, onInvite);
  leaving.push(() => agent.phone.close());
  return agent;
}

test('A phone that is answered shows who calls, is bridged, and hangs up', async () => {
  const agent = await picksUp();
  const { leg, caller, hungUp } = await connect(desk, phone);
  const offer = desk.ring(leg.callId, [agent.uri]);
  const answered = await desk.next('agentAnswered');
  assert.equal(answered.offer, offer);
  const { headers } = agent.calls[0]?.request ?? assert.fail('no INVITE');
  assert.match(headers.get('from') ?? '', /"VIP Ana" <sip:\+525555550001@/);
  assert.equal(headers.get('x-centralita-queue'), 'ventas');
  assert.equal(await desk.telephony.bridge(leg, answered.leg), true);
  await pause(500);
  assert.ok(!agent.sessions[0]?.ended && !caller.ended, 'they go on talking');
  agent.sessions[0]?.bye();
  assert.equal((await desk.next('agentGone')).offer, offer);
  leg.hangup();
  await hungUp();
  assert.ok(caller.ended);
});

test('The caller hangs up while they talk: the agent’s phone is hung up by the runtime', async () => {
  const agent = await picksUp();
  const { leg, caller } = await connect(desk, phone);
  desk.ring(leg.callId, [agent.uri]);
  const answered = await desk.next('agentAnswered');
  await desk.telephony.bridge(leg, answered.leg);
  caller.bye();
  await desk.next('callerGone');
  answered.leg.hangup();
  await agent.hungUp();
  assert.equal(await desk.telephony.bridge(leg, answered.leg), false);
});

for (const [status, cause] of [
  [486, 'busy'],
  [600, 'busy'],
  [603, 'rejected'],
  [480, 'rejected'],
  [503, 'unreachable'],
  [404, 'unreachable'],
  [488, 'unreachable'],
] as const) {
  test(`A phone that says ${status} is ${cause}`, async () => {
    const agent = await doesAs((call) => call.reject(status));
    const { leg } = await connect(desk, phone);
    const offer = desk.ring(leg.callId, [agent.uri]);
    assert.deepEqual(await desk.next('agentFailed'), { type: 'agentFailed', offer, cause });
    leg.hangup();
  });
}

test('A closed port and a phone that says nothing are unreachable', async () => {
  const { leg } = await connect(desk, phone);
  const silent = await doesAs(() => undefined);
  for (const uri of [`sip:1001@127.0.0.1:${await freePort()}`, silent.uri]) {
    desk.ring(leg.callId, [uri]);
    assert.equal((await desk.next('agentFailed')).cause, 'unreachable');
  }
  leg.hangup();
});

test('An agent without a phone, and a caller who is not there, are unreachable at once', async () => {
  const { leg } = await connect(desk, phone);
  desk.ring(leg.callId, []);
  assert.equal((await desk.next('agentFailed')).cause, 'unreachable');
  desk.ring(callId('nobody'), ['sip:1001@127.0.0.1:9']);
  assert.equal((await desk.next('agentFailed')).cause, 'unreachable');
  leg.hangup();
});

test('All phones ring; the first that answers has the call, the others stop', async () => {
  const slow = await doesAs((call) => call.progress(180));
  const busy = await doesAs((call) => call.reject(486));
  const quick = await doesAs(async (call) => {
    call.progress(180);
    await eventually('the other phone rings', () => slow.calls.length > 0);
    call.accept({ body: sdp(42_000) });
  });
  const { leg } = await connect(desk, phone);
  desk.ring(leg.callId, [slow.uri, busy.uri, quick.uri]);
  const answered = await desk.next('agentAnswered');
  await eventually('the slow phone stops ringing', () => slow.cancelled.length === 1);
  answered.leg.hangup();
  leg.hangup();
});

test('A phone of a lower q rings when those before it cannot, unless one of them has decided for all', async () => {
  const busy = await doesAs((call) => call.reject(486));
  const spare = await doesAs((call) => void call.accept({ body: sdp(42_000) }));
  const { leg } = await connect(desk, phone);
  desk.ring(leg.callId, [busy.uri, spare.uri], undefined, [1, 0.5]);
  const answered = await desk.next('agentAnswered');
  assert.deepEqual([busy.calls.length, spare.calls.length], [1, 1]);
  answered.leg.hangup();
  const declines = await doesAs((call) => call.reject(603));
  desk.ring(leg.callId, [declines.uri, spare.uri], undefined, [1, 0.5]);
  assert.equal((await desk.next('agentFailed')).cause, 'rejected');
  assert.equal(spare.calls.length, 1);
  leg.hangup();
});

test('A call that a flow or a colleague places to an extension keeps to that order as well', async () => {
  const busy = await doesAs((call) => call.reject(486));
  const spare = await doesAs((call) => void call.accept({ body: sdp(42_000) }));
  const { leg } = await connect(desk, phone);
  const answered = await desk.dial(leg.callId, [busy.uri, spare.uri], [1, 0.5]);
  assert.deepEqual([busy.calls.length, spare.calls.length], [1, 1]);
  answered.hangup();
  leg.hangup();
});

test('A phone behind two proxies is called through both (RFC 3327)', async () => {
  const proxy = await picksUp();
  const { leg } = await connect(desk, phone);
  const path = [`${proxy.uri.replace('1001', 'core')};lr`, 'sip:tok3n@edge.example:5070;lr;ob'];
  const registered = [{ contactUri: 'sip:1001@10.99.0.7:5062', path }];
  desk.ringAt(leg.callId, registered);
  const answered = await desk.next('agentAnswered');
  const [invite] = proxy.calls.map(({ request }) => request);
  assert.equal(invite?.uri, 'sip:1001@10.99.0.7:5062');
  const routes = invite?.headers.all('route').flatMap((line) => line.split(/\s*,\s*/));
  assert.deepEqual(
    routes,
    path.map((hop) => `<${hop}>`),
  );
  answered.leg.hangup();
  leg.hangup();
  await proxy.hungUp();
});

test('Of the connections that a phone holds open one rings, and the next when it has failed (RFC 5626)', async () => {
  const [failed, rings, spare] = [
    await doesAs((call) => call.reject(430)),
    await picksUp(),
    await picksUp(),
  ];
  const flows = [failed, rings, spare].map(({ phone: { agent } }, index) => ({
    contactUri: 'sip:1001@10.99.0.7:5062',
    receivedFrom: `127.0.0.1:${agent.port}`,
    flow: { phone: '<urn:uuid:1>', id: index + 1 },
  }));
  const { leg } = await connect(desk, phone);
  desk.ringAt(leg.callId, flows);
  const answered = await desk.next('agentAnswered');
  assert.deepEqual(
    [failed, rings, spare].map(({ calls }) => calls.length),
    [1, 1, 0],
  );
  answered.leg.hangup();
  const busy = await doesAs((call) => call.reject(486));
  const [first, ...others] = flows;
  assert.ok(first);
  desk.ringAt(leg.callId, [
    { ...first, receivedFrom: `127.0.0.1:${busy.phone.agent.port}` },
    ...others,
  ]);
  assert.equal((await desk.next('agentFailed')).cause, 'busy', 'the phone has spoken');
  assert.equal(spare.calls.length, 0);
  leg.hangup();
});

test('Two phones that are picked up at once are one conversation', async () => {
  const [one, two] = [await picksUp(), await picksUp()];
  for (let round = 1; round <= 5; round++) {
    const { leg } = await connect(desk, phone);
    desk.ring(leg.callId, [one.uri, two.uri]);
    const answered = await desk.next('agentAnswered');
    const open = () => [...one.sessions, ...two.sessions].filter(({ ended }) => !ended).length;
    await eventually('one of the two is hung up', () => open() === 1);
    answered.leg.hangup();
    leg.hangup();
    await desk.nothingLeft();
    assert.ok(!desk.types().includes('agentAnswered'), 'answered once');
  }
});

test('A ringing that is cancelled at any moment leaves nothing behind', async () => {
  const ringing = await doesAs((call) => call.progress(180));
  const { leg } = await connect(desk, phone);
  for (const waitMs of [0, 1, 2, 4, 6, 8, 12, 20, 40]) {
    const offer = desk.ring(leg.callId, [ringing.uri]);
    if (waitMs > 0) await pause(waitMs);
    desk.telephony.cancelRing(offer as never);
  }
  leg.hangup();
  await desk.nothingLeft();
  await eventually('every phone that rang has stopped', () => ringing.calls.every((c) => c.over));
  assert.deepEqual(desk.types(), ['arrived'], 'a cancelled ringing says nothing');
});

test('An answer that crosses the CANCEL is hung up', async () => {
  let offer = '';
  const agent = await doesAs((call) => {
    desk.telephony.cancelRing(offer as never);
    call.accept({ body: sdp(42_000) });
  });
  const { leg } = await connect(desk, phone);
  offer = desk.ring(leg.callId, [agent.uri]);
  await eventually('the phone was rung', () => agent.calls.length === 1);
  leg.hangup();
  await desk.nothingLeft();
  assert.deepEqual(desk.types(), ['arrived']);
});

test('An agent who says BYE as soon as they have answered', async () => {
  const agent = await doesAs((call) => {
    const session = call.accept({ body: sdp(42_000) }, { onAck: () => hangUp() });
    const hangUp = () => {
      session?.bye();
      block(15);
    };
  });
  for (let round = 0; round < 5; round++) {
    const { leg } = await connect(desk, phone);
    desk.ring(leg.callId, [agent.uri]);
    await eventually('the offer is over', () =>
      desk.types().some((type) => type === 'agentFailed' || type === 'agentGone'),
    );
    leg.hangup();
    await desk.nothingLeft();
    desk.heard.length = 0;
  }
});

test('A caller who hangs up while the agent’s answer is brought to the media server', async () => {
  for (let round = 0; round < 5; round++) {
    const { leg, caller } = await connect(desk, phone);
    const agent = await doesAs((call) => {
      call.accept({ body: sdp(42_000) });
      caller.bye();
    });
    const offer = desk.ring(leg.callId, [agent.uri]);
    await desk.next('callerGone');
    desk.telephony.cancelRing(offer as never);
    await desk.nothingLeft();
  }
});

test('A phone whose answer has no audio is hung up', async () => {
  for (const body of ['', sdp(42_000).replace('m=audio', 'm=video')]) {
    let ended = false;
    const agent = await doesAs((call) => {
      call.accept({ body }, { onEnd: () => (ended = true) });
    });
    const { leg } = await connect(desk, phone);
    desk.ring(leg.callId, [agent.uri]);
    assert.equal((await desk.next('agentFailed')).cause, 'media');
    await eventually('the phone is hung up', () => ended);
    leg.hangup();
  }
});

test('A phone that insists on reliable provisional responses rings and answers', async () => {
  const agent = await doesAs(async (call) => {
    await call.progressReliably(180);
    call.accept({ body: sdp(42_000) });
  });
  const { leg } = await connect(desk, phone);
  desk.ring(leg.callId, [agent.uri]);
  const answered = await desk.next('agentAnswered');
  answered.leg.hangup();
  leg.hangup();
});
