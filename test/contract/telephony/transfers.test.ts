import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Outcome } from '../../../src/embedded/sip/index.ts';
import { eventually } from '../../support/eventually.ts';
import { answeringPhone, connect, responseTo } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { switches, desk, phone } = await openSuite();
beforeEach(() => {
  desk.referStatus = 202;
});

const statusOf = (outcome: Outcome): number | string =>
  outcome.ok ? outcome.value.status : outcome.error;

/** An agent who talks, and what their phone is told by NOTIFY. */
async function talking() {
  const told: { event: string; state: string; body: string }[] = [];
  const agent = await answeringPhone(switches, {
    onRequest(transaction) {
      const { headers, body } = transaction.request;
      const header = (name: string) => headers.get(name) ?? '';
      if (transaction.request.method === 'NOTIFY')
        told.push({ event: header('Event'), state: header('Subscription-State'), body });
      transaction.respond(responseTo(transaction.request, 200));
    },
  });
  const call = await connect(desk, phone);
  desk.ring(call.leg.callId, [agent.uri]);
  const { leg: agentLeg } = await desk.next('agentAnswered');
  assert.ok(await desk.telephony.bridge(call.leg, agentLeg));
  const [session] = agent.sessions;
  assert.ok(session);
  const refer = async (to: string, ...headers: [string, string][]) =>
    statusOf(await session.request('REFER', { headers: [['Refer-To', to], ...headers] }));
  const over = async () => {
    agentLeg.hangup();
    call.leg.hangup();
    await agent.hungUp();
    await agent.phone.close();
  };
  return { told, refer, over };
}

test('REFER: 202, and how it goes by NOTIFY, to the last word and no further', async () => {
  const { told, refer, over } = await talking();
  assert.equal(await refer('<sip:1002@127.0.0.1>'), 202);
  const { referral } = await desk.next('referred');
  assert.deepEqual([referral.user, referral.host], ['1002', '127.0.0.1']);
  for (const status of [180, 486, 200]) referral.notify(status);
  await eventually('the last word', () => told.length >= 3);
  assert.deepEqual(
    told.map(({ body, state }) => [body.trim(), state.split(';')[0]]),
    [
      ['SIP/2.0 100 Trying', 'active'],
      ['SIP/2.0 180 Ringing', 'active'],
      ['SIP/2.0 486 Busy Here', 'terminated'],
    ],
  );
  assert.equal(new Set(told.map(({ event }) => event)).size, 1);
  assert.match(told[0]?.event ?? '', /^refer;id=\d+$/);
  await over();
});

test('Replaces names another dialog; a phone that wants to hear nothing hears nothing', async () => {
  const { told, refer, over } = await talking();
  const to = '<sip:1002@127.0.0.1?Replaces=a%40b%3Bto-tag%3Dt%3Bfrom-tag%3Df>';
  assert.equal(await refer(to, ['Refer-Sub', 'false']), 202);
  const { referral } = await desk.next('referred');
  assert.deepEqual(referral.replaces, { sipCallId: 'a@b', localTag: 't', remoteTag: 'f' });
  referral.notify(200);
  desk.referStatus = 403;
  assert.equal(await refer('<sip:1003@127.0.0.1>'), 403, 'what is refused is refused');
  assert.deepEqual(told, []);
  await over();
});

test('REFER that cannot be read, too many of them, and NOTIFY to a phone that is gone', async () => {
  const { refer, over } = await talking();
  for (const to of [
    '',
    '<sip:127.0.0.1>',
    '<http://x>',
    '<sip:1@h?Replaces=a>',
    `<sip:${'9'.repeat(300)}@h>`,
  ])
    assert.equal(await refer(to), 400, to);
  let status: number | string = 202;
  for (let times = 0; times < 20 && status === 202; times++) status = await refer('<sip:1@h>');
  assert.equal(status, 403);
  const { referral } = await desk.next('referred');
  await over();
  referral.notify(200);
});
