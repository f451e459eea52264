import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type Srf from 'drachtio-srf';
import type { Session } from '../../../src/embedded/sip/index.ts';
import { newUuid } from '../../../src/lib/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { Desk } from './support/desk.ts';
import { EventProbe } from './support/event-probe.ts';
import {
  agentPhone,
  answeringPhone,
  connect,
  openPhone,
  type Phone,
  sdp,
} from './support/far-end.ts';
import { openSwitches, type Switches } from './support/switches.ts';

/** Asked after 0.4 of it; what is unreachable is asked twice. */
const SESSION_SECONDS = 2;
const HOLD = { body: sdp(42_000, 'sendonly', 2) };
const RETRIEVE = { body: sdp(42_000, 'sendrecv', 3) };

let switches: Switches;
let desk: Desk;
let phone: Phone;
let probe: EventProbe;

before(async () => {
  switches = await openSwitches();
  desk = await Desk.open(switches, [switches.media], SESSION_SECONDS);
  phone = await openPhone(switches);
  probe = await EventProbe.open(switches.media);
});
after(async () => {
  await desk.nothingLeft();
  await desk.close();
  probe.close();
  await phone.close();
  await switches.close();
});

const exists = async (uuid: string) => (await probe.api(`uuid_exists ${uuid}`)).startsWith('true');

test('A channel of ours that nobody knows any more is ended; another application\u2019s is not', async () => {
  const status = await probe.api('sofia status');
  const address = /mod_sofia@(\S+)/.exec(status)?.[1];
  const make = async (name: string): Promise<[string, Srf.Dialog]> => {
    const uuid = newUuid();
    const headers = {
      'X-Centralita': 'park',
      'Call-ID': uuid,
      From: `"${name}" <sip:x@localhost>`,
    };
    const dialog = await desk.telephony.srf.createUAC(`sip:park@${address}`, {
      headers,
      localSdp: sdp(45_000),
    });
    return [uuid, dialog];
  };
  const [zombie] = await make('desk');
  const [theirs, dialog] = await make('somebody else');
  assert.ok((await exists(zombie)) && (await exists(theirs)));
  await eventually('the zombie is ended', async () => !(await exists(zombie)), 20_000);
  assert.ok(await exists(theirs));
  await new Promise<void>((resolve) => dialog.destroy({ headers: {} }, () => resolve()));
});

test('Phones that are there are asked, and go on talking; one that has gone without a word is not waited for', async () => {
  const agent = await answeringPhone(switches);
  const customer = await openPhone(switches);
  const { leg, caller } = await connect(desk, customer, {}, sdp(40_000));
  const offer = desk.ring(leg.callId, [agent.uri]);
  const answered = await desk.next('agentAnswered');
  assert.equal(agent.calls[0]?.request.headers.get('session-expires'), '90');
  assert.equal(await desk.telephony.bridge(leg, answered.leg), true);
  await new Promise((resolve) => setTimeout(resolve, 2 * SESSION_SECONDS * 400 + 300));
  assert.ok(!agent.sessions[0]?.ended && !caller.ended, 'they go on talking');
  await agent.phone.close();
  assert.equal((await desk.next('agentGone')).offer, offer);
  // The caller's BYE is lost as well.
  await customer.close();
  assert.equal((await desk.next('callerGone')).callId, leg.callId);
});

test('Offers that cross (491): the call goes on, and whoever tries again has their turn', async () => {
  let crossed: number | 'under way' | undefined;
  const sessions: Session[] = [];
  const simple = await agentPhone(switches, (call) => {
    const session = call.accept(
      // It says nothing of UPDATE, so it is asked by an offer.
      { body: sdp(42_000) },
      {
        // Its own offer is under way when ours comes: each refuses the other's (RFC 3261 section 14.2).
        onReinvite: (offer) => {
          if (crossed) return offer.accept({ body: sdp(42_000) });
          crossed = 'under way';
          void sessions[0]?.request('INVITE', HOLD).then((outcome) => {
            crossed = outcome.ok ? outcome.value.status : 408;
            offer.reject(491);
          });
        },
      },
    );
    if (session) sessions.push(session);
  });
  const { leg, caller } = await connect(desk, phone);
  desk.ring(leg.callId, [simple.uri]);
  const answered = await desk.next('agentAnswered');
  assert.equal(await desk.telephony.bridge(leg, answered.leg), true);
  await eventually('the offers have crossed', () => typeof crossed === 'number');
  assert.equal(crossed, 491);
  const [session] = sessions;
  for (const [parts, held] of [
    [HOLD, true],
    [RETRIEVE, false],
  ] as const) {
    await eventually('its turn', async () => {
      const outcome = await session?.reinvite(parts);
      assert.ok(outcome?.ok);
      const { status, body } = outcome.value;
      assert.ok(status === 200 || status === 491, String(status));
      if (status === 200) assert.equal(/a=recvonly/.test(body), held);
      return status === 200;
    });
  }
  assert.ok(!session?.ended && !caller.ended, 'they go on talking');
  answered.leg.hangup();
  leg.hangup();
  await simple.phone.close();
});

test('Whoever wants to be asked too often is told the least (422)', async () => {
  const dialled = phone.call(phone.uriOf('8005550100'), {
    body: sdp(40_000),
    headers: [
      ['Supported', 'timer'],
      ['Session-Expires', '30'],
    ],
  });
  const failed = await dialled.failed;
  assert.ok(typeof failed !== 'string');
  assert.equal(failed.status, 422);
  assert.equal(failed.headers.get('min-se'), '90');
});

test('A far end that wants to be asked less often is, by the same call', async () => {
  const callIds = new Set<string>();
  const strict = await openPhone(switches);
  strict.onInvite = (call) => {
    const { headers } = call.request;
    callIds.add(headers.get('call-id') ?? '');
    if (Number(headers.get('session-expires')) < 600)
      call.reject(422, { headers: [['Min-SE', '600']] });
    else call.accept({ body: sdp(42_000) });
  };
  const { leg, hungUp } = await connect(desk, phone);
  desk.ring(leg.callId, [`sip:1001@127.0.0.1:${strict.agent.port}`]);
  const answered = await desk.next('agentAnswered');
  assert.equal(callIds.size, 1);
  answered.leg.hangup();
  leg.hangup();
  await hungUp();
  await strict.close();
});
