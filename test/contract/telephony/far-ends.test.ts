import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { RtpPeer } from '../../../demo/phone/rtp-peer.ts';
import type { Outcome, Session } from '../../../src/embedded/sip/index.ts';
import type { Leg } from '../../../src/runtime/ports/phones.ts';
import { eventually } from '../../support/eventually.ts';
import { keySounds } from '../../support/key-sounds.ts';
import {
  agentPhone,
  audioPort,
  connect,
  openPhone,
  sdp,
  sdpWithoutEvents,
} from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

/** What the far ends of legs that we place can do: the same as those of callers, whoever they are. */

const { switches, desk, phone } = await openSuite();
const leaving: (() => unknown)[] = [];
afterEach(async () => {
  desk.proven = undefined;
  for (const leave of leaving.splice(0)) await leave();
});

const statusOf = (outcome: Outcome): number | string =>
  outcome.ok ? outcome.value.status : outcome.error;

/** A phone with a voice that picks up. */
async function speaker(describe: (port: number) => string) {
  const rtp = await RtpPeer.open({});
  const sessions: Session[] = [];
  const { phone: telephone, uri } = await agentPhone(switches, (call) => {
    const port = audioPort(call.request.body);
    rtp.connect({ host: '127.0.0.1', port, eventType: 101 });
    const session = call.accept({ body: describe(rtp.port) });
    if (session) sessions.push(session);
  });
  leaving.push(
    () => rtp.close(),
    () => telephone.close(),
  );
  return { uri, rtp, session: () => sessions[0] ?? assert.fail('nobody was called') };
}

const keys = () =>
  desk.heard
    .flatMap((heard) =>
      heard.type === 'digit' ? [heard.digit] : heard.type === 'keyed' ? [heard.key] : [],
    )
    .join('');

type Speaker = Awaited<ReturnType<typeof speaker>>;

/** Rung for an offer, and dialled: a leg and its far end. */
const PLACED: readonly [string, (uri: string) => Promise<{ leg: Leg; over: () => void }>][] = [
  [
    'rung for an offer',
    async (uri) => {
      const caller = await connect(desk, phone);
      desk.ring(caller.leg.callId, [uri]);
      const { leg } = await desk.next('agentAnswered');
      const over = () => {
        leg.hangup();
        caller.leg.hangup();
      };
      return { leg, over };
    },
  ],
  [
    'dialled',
    async (uri) => {
      const caller = await connect(desk, phone);
      const leg = await desk.dial(caller.leg.callId, [uri]);
      const over = () => {
        leg.hangup();
        caller.leg.hangup();
      };
      return { leg, over };
    },
  ],
];

for (const [what, place] of PLACED) {
  const info = (far: Speaker, key: string) =>
    far.session().request('INFO', {
      headers: [['Content-Type', 'application/dtmf-relay']],
      body: `Signal=${key}\r\nDuration=160\r\n`,
    });

  test(`Who was ${what} holds, retrieves, transfers, and sends keys by INFO`, async () => {
    const far = await speaker(sdp);
    const { leg, over } = await place(far.uri);
    const offer = async (direction: 'sendonly' | 'sendrecv', version: number) =>
      statusOf(await far.session().reinvite({ body: sdp(far.rtp.port, direction, version) }));
    assert.equal(await offer('sendonly', 2), 200);
    const held = await desk.next('held');
    assert.deepEqual([held.leg, held.on], [leg, true]);
    assert.equal(await offer('sendrecv', 3), 200);
    assert.equal((await desk.next('held')).on, false);
    const refer = await far.session().request('REFER', { headers: [['Refer-To', '<sip:1@h>']] });
    assert.equal(statusOf(refer), 202);
    assert.equal((await desk.next('referred')).leg, leg);
    assert.equal(statusOf(await info(far, '1')), 200);
    assert.equal(keys(), '1');
    over();
  });

  test(`Who was ${what} and has no events is heard by tones, and pressed once`, async () => {
    const far = await speaker(sdpWithoutEvents);
    const { over } = await place(far.uri);
    far.rtp.say(keySounds('15'));
    await eventually('both keys', () => keys() === '15', 5_000);
    await info(far, '5');
    assert.equal(keys(), '15');
    over();
  });
}

test('A phone that is doubted is asked in every leg that it has, whoever called whom', async () => {
  desk.proven = '1001';
  const theirs = await openPhone(switches);
  theirs.onInvite = (call) => void call.accept({ body: sdp(42_000) });
  const uri = `sip:1001@127.0.0.1:${theirs.agent.port}`;
  const customer = await connect(desk, phone);
  desk.ring(customer.leg.callId, [uri]);
  await desk.next('agentAnswered');
  await desk.dial(customer.leg.callId, [uri]);
  const own = theirs.call(theirs.uriOf('*811001'), {
    body: sdp(40_000),
    headers: [['From', '<sip:1001@127.0.0.1>;tag=own']],
  });
  await own.answered;
  const { leg: side } = await desk.next('answered');
  assert.equal(desk.telephony.lines.of('1001').length, 3);
  await theirs.close();
  desk.telephony.lines.doubt('1001');
  const gone = await desk.next('callerGone');
  assert.deepEqual([gone.callId, gone.why], [side.callId, 'lost']);
  assert.equal((await desk.next('partyGone')).died, true);
  await desk.next('agentGone');
  assert.deepEqual(desk.telephony.lines.of('1001'), []);
  customer.leg.hangup();
});
