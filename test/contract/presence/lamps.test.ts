import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import Srf from 'drachtio-srf';
import type { SipRequest, SipResponse } from '../../../src/embedded/sip/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { agentId } from '../../../src/model/ids.ts';
import { BusyLamps } from '../../../src/presence/lamps.ts';
import { LineBoard } from '../../../src/telephony/phone-lines.ts';
import { eventually } from '../../support/eventually.ts';
import { RawPhone } from '../sip-edge/raw-phone.ts';
import { openSwitches, type Switches } from '../telephony/support/switches.ts';

const RINGS = { state: 'early', direction: 'recipient' } as const;
const CALLS = { state: 'confirmed', direction: 'initiator' } as const;

let switches: Switches;
let srf: Srf;
let phone: RawPhone;
let isOurs = true;
const lines = new LineBoard();
let lamps: BusyLamps;

before(async () => {
  switches = await openSwitches();
  srf = new Srf();
  lamps = new BusyLamps({
    ...{ srf, lines, clock: systemClock, log: silentLogger },
    async authenticate(_req, res) {
      if (!isOurs) res.send(403);
      return isOurs ? '1000' : undefined;
    },
  });
  lamps.seated({ id: agentId('ana'), extension: '1001' });
  lamps.seated({ id: agentId('luis'), extension: '1002' });
  await new Promise((resolve) => {
    srf.on('connect', resolve);
    void srf.connect(switches.drachtio as Srf.SrfConfig);
  });
  phone = await RawPhone.open({ ...switches, adminPort: 0 } as never);
});
afterEach(async () => {
  assert.equal(lamps.count, 0, 'no lamp is left');
  const { _dialogs: dialogs } = srf as unknown as { _dialogs: Map<string, unknown> };
  await eventually('no dialog is left', () => dialogs.size === 0);
});
after(async () => {
  phone.close();
  srf.disconnect();
  await switches.close();
});

/** A key of the phone that shows an extension. */
class Key {
  readonly first: SipRequest;
  answer: SipResponse | undefined;
  #cseq = 1;

  constructor(extension: string, headers: Iterable<readonly [string, string]> = []) {
    this.first = phone.request('SUBSCRIBE', [
      ['Event', 'dialog;id=7'],
      ['Expires', '600'],
      ...headers,
    ]);
    this.first.uri = `sip:${extension}@${switches.sipHost}:${switches.sipPort}`;
    phone.send(this.first);
  }

  async granted(): Promise<SipResponse> {
    this.answer = await phone.nextResponse(202);
    return this.answer;
  }

  /** Again, in the dialog. */
  again(expires: number): void {
    assert.ok(this.answer);
    this.#cseq += 1;
    const request = phone.inDialog(this.first, this.answer, 'SUBSCRIBE', this.#cseq);
    request.headers.set('Event', 'dialog;id=7');
    request.headers.set('Expires', String(expires));
    phone.send(request);
  }
}

/** The next word of it: `state` of the dialog, and of the subscription. */
async function told(status = 200) {
  const notify = await phone.nextRequest('NOTIFY');
  phone.respond(notify, status, 'key');
  const body = String(notify.body);
  return {
    notify,
    body,
    state: /<state>(\w+)<\/state>/.exec(body)?.[1],
    version: Number(/version="(\d+)"/.exec(body)?.[1]),
    subscription: notify.headers.get('subscription-state') ?? '',
  };
}

async function ends(key: Key): Promise<void> {
  key.again(0);
  await phone.nextResponse(202);
  assert.match((await told()).subscription, /^terminated/);
  await eventually('it is forgotten', () => lamps.count === 0);
}

test('A lamp is dark, blinks, is lit and dark again; refreshed, it is told anew; taken back, no more', async () => {
  const key = new Key('1001');
  assert.equal((await key.granted()).headers.get('expires'), '600');
  const first = await told();
  assert.deepEqual([first.state, first.version], ['terminated', 0]);
  assert.match(first.subscription, /^active;expires=(600|599)$/);
  assert.equal(first.notify.headers.get('event'), 'dialog;id=7');
  assert.equal(first.notify.headers.get('content-type'), 'application/dialog-info+xml');
  assert.match(first.body, new RegExp(`state="full" entity="sip:1001@${switches.sipHost}:`));
  const line = lines.open('1001', RINGS, () => {});
  const blinks = await told();
  assert.match(blinks.body, /<dialog id="1001" direction="recipient"><state>early</);
  line.answered();
  assert.equal((await told()).state, 'confirmed');
  const second = lines.open('1001', RINGS, () => {});
  lines.open('1002', CALLS, () => {}).over();
  line.over();
  const stillRings = await told();
  assert.deepEqual([stillRings.state, stillRings.version], ['early', 3], 'who speaks is busy');
  second.over();
  assert.equal((await told()).state, 'terminated');
  key.again(900);
  assert.equal((await phone.nextResponse(200)).headers.get('expires'), '900');
  assert.match((await told()).subscription, /^active;expires=(900|899)$/);
  await ends(key);
  lines.open('1001', CALLS, () => {}).over();
});

test('A lamp follows its person to another phone, and is told when there is nobody any more', async () => {
  const key = new Key('1002');
  await key.granted();
  assert.equal((await told()).state, 'terminated');
  const elsewhere = lines.open('1009', CALLS, () => {});
  lamps.seated({ id: agentId('luis'), extension: '1002', phone: '1009' });
  assert.equal((await told()).state, 'confirmed');
  const own = lines.open('1002', CALLS, () => {});
  elsewhere.over();
  assert.equal(
    (await told()).state,
    'terminated',
    'whoever is at their own phone is somebody else',
  );
  own.over();
  lamps.gone(agentId('luis'));
  assert.match((await told()).subscription, /^terminated;reason=noresource/);
  lamps.seated({ id: agentId('luis'), extension: '1002' });
});

test('Asked once it is told once', async () => {
  new Key('1001', [['Expires', '0']]);
  await phone.nextResponse(202);
  const only = await told();
  assert.equal(only.state, 'terminated');
  assert.match(only.subscription, /^terminated;reason=timeout/);
  await eventually('it is forgotten', () => lamps.count === 0);
});

test('A phone that knows nothing of it, or is gone, is told no more', async () => {
  const key = new Key('1001');
  await key.granted();
  await told(481);
  assert.match((await told(481)).subscription, /^terminated/);
  await eventually('it is forgotten', () => lamps.count === 0);
});

test('Another event, another time, nobody, and a stranger are refused', async () => {
  new Key('1001', [['Event', 'message-summary']]);
  assert.equal((await phone.nextResponse(489)).headers.get('allow-events'), 'dialog');
  new Key('1001', [['Expires', '5']]);
  assert.equal((await phone.nextResponse(423)).headers.get('min-expires'), '60');
  new Key('1999');
  await phone.nextResponse(404);
  isOurs = false;
  new Key('1001');
  await phone.nextResponse(403);
  isOurs = true;
});
