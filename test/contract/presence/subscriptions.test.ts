import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import Srf from 'drachtio-srf';
import { type Clock, ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { newUuid } from '../../../src/lib/ids.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { Secret } from '../../../src/lib/secret.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import type { PresenceSource } from '../../../src/model/arrival.ts';
import { agentId } from '../../../src/model/ids.ts';
import type { PresenceWord } from '../../../src/model/presence.ts';
import { Subscriptions } from '../../../src/presence/subscriptions.ts';
import { eventually } from '../../support/eventually.ts';
import { openSwitches, type Switches } from '../telephony/support/switches.ts';
import { OtherSystem, type Received } from './support/other-system.ts';

let switches: Switches;
let srf: Srf;
let other: OtherSystem;
let subscriptions: Subscriptions;
let words: (PresenceWord | 'lost')[] = [];
const allowed = new Set(['127.0.0.1']);

/** By a connection of their own. */
async function openSubscriptions(clock: Clock): Promise<[Subscriptions, Srf]> {
  const own = new Srf();
  const opened = new Subscriptions({
    srf: own,
    clock,
    newId: newUuid,
    log: silentLogger,
    allows: (host) => allowed.has(host),
    heard: (_id, word) => void words.push(word),
    lost: () => void words.push('lost'),
    auth: { username: 'centralita', password: new Secret('right') },
  });
  await new Promise((resolve) => {
    own.on('connect', resolve);
    void own.connect(switches.drachtio as Srf.SrfConfig);
  });
  return [opened, own];
}

before(async () => {
  switches = await openSwitches();
  [subscriptions, srf] = await openSubscriptions(systemClock);
});
beforeEach(async () => {
  words = [];
  other = await OtherSystem.open();
});
afterEach(async () => {
  await subscriptions.close();
  other.close();
});
after(async () => {
  srf.disconnect();
  await switches.close();
});

const person = (event: PresenceSource['event']): AgentConfig => ({
  id: agentId('taller'),
  name: 'Taller',
  extension: '1500',
  skills: {},
  queueIds: [],
  presence: { uri: other.uri('taller'), event },
});
const dialogs = (version: number, state: string, kind = 'full') =>
  `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${kind}" entity="sip:taller@x"><dialog id="a"><state>${state}</state></dialog></dialog-info>`;
const last = () => {
  const word = words.at(-1);
  return word === undefined || word === 'lost' ? word : word.status;
};

test('dialogs of another system are heard, until it ends the subscription for good', async () => {
  subscriptions.configure([person('dialog')]);
  const first = await other.subscribe();
  assert.match(first.startLine, /^SUBSCRIBE sip:taller@127\.0\.0\.1/);
  assert.equal(first.header('Event'), 'dialog');
  assert.equal(first.header('Expires'), '3600');
  assert.match(first.header('Accept'), /dialog-info\+xml/);
  assert.equal(await other.notify(first, dialogs(0, 'confirmed')), '200');
  await eventually('busy', () => last() === 'busy');
  assert.equal(await other.notify(first, dialogs(1, 'terminated', 'partial')), '200');
  await eventually('available', () => last() === 'available');
  assert.equal(await other.notify(first, '<not really'), '200', 'nonsense ends nothing');
  assert.equal(last(), 'available');
  const over = { state: 'terminated;reason=rejected' };
  // The real drachtio answers the last NOTIFY of a dialog with 500 by itself, and tells of it all the same.
  assert.match(await other.notify(first, '', over), /^(200|500)$/);
  await eventually('nobody tells any more', () => last() === 'lost');
});

test('presence is heard, and taken back when nobody wants it any more', async () => {
  subscriptions.configure([person('presence')]);
  const first = await other.subscribe();
  assert.match(first.header('Accept'), /pidf\+xml/);
  const pidf =
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:taller@x"><tuple id="t"><status><basic>closed</basic></status></tuple></presence>';
  assert.equal(await other.notify(first, pidf, { type: 'application/pidf+xml' }), '200');
  await eventually('offline', () => last() === 'offline');
  subscriptions.configure([]);
  const end = await other.subscribe(2);
  assert.equal(end.header('Expires'), '0');
  assert.equal(end.header('Call-ID'), first.header('Call-ID'));
});

test('a subscription that the other system has put off is asked for again', async () => {
  subscriptions.configure([person('dialog')]);
  const first = await other.subscribe();
  await other.notify(first, dialogs(0, 'confirmed'));
  await other.notify(first, '', { state: 'terminated;reason=deactivated' });
  const second = await other.subscribe(2);
  assert.notEqual(second.header('Call-ID'), first.header('Call-ID'));
  assert.equal(await other.notify(second, dialogs(0, 'terminated')), '200');
  await eventually('available', () => last() === 'available');
});

test('423: the other system’s least time is asked for; 489: nothing is known of them', async () => {
  const answers = [
    { status: 423, headers: ['Min-Expires: 7200'] },
    { status: 489, headers: ['Allow-Events: presence'] },
  ];
  other.answerWith = () => answers.shift() ?? { status: 500 };
  subscriptions.configure([person('dialog')]);
  await other.subscribe();
  assert.equal((await other.subscribe(2)).header('Expires'), '7200');
  await eventually('nobody tells', () => last() === 'lost');
});

test('whoever asks for a proof gets it each time: to begin, to go on, and to end it', async () => {
  const proofOf = (request: Received) => request.header('Authorization');
  let fresh = 0;
  other.answerWith = (request) => {
    const nonce = `n${fresh}`;
    if (proofOf(request).includes(`nonce="${nonce}"`)) {
      fresh += 1;
      return { status: 200, headers: ['Expires: 3600'] };
    }
    const challenge = `Digest realm="otra", nonce="${nonce}", qop="auth", algorithm=SHA-256`;
    return { status: 401, headers: [`WWW-Authenticate: ${challenge}`] };
  };
  subscriptions.configure([person('dialog')]);
  const first = await other.subscribe(2);
  assert.match(proofOf(first), /algorithm=SHA-256/);
  assert.equal(first.header('Call-ID'), other.subscribes[0]?.header('Call-ID'));
  // What was told before this was lost: everything is asked for.
  assert.equal(await other.notify(first, dialogs(4, 'confirmed', 'partial')), '200');
  assert.match(proofOf(await other.subscribe(4)), /nonce="n1"/);
  assert.deepEqual(words, [], 'nothing is known of them');
  assert.equal(await other.notify(first, dialogs(5, 'confirmed')), '200');
  await eventually('busy', () => last() === 'busy');
  await subscriptions.close();
  const end = await other.subscribe(6);
  assert.deepEqual([end.header('Expires'), /nonce="n2"/.test(proofOf(end))], ['0', true]);
});

test('whoever cannot tell for the moment is asked again when they say', async () => {
  const answers = [{ status: 480, headers: ['Retry-After: 5'] }];
  other.answerWith = () => answers.shift() ?? { status: 200, headers: ['Expires: 3600'] };
  subscriptions.configure([person('dialog')]);
  await other.subscribe();
  const since = performance.now();
  await other.subscribe(2);
  assert.ok(performance.now() - since > 4_500);
});

test('whoever is said to be busy is asked about again; a system that has died says nothing, until it is back', async () => {
  const clock = new ManualClock();
  const [patient, own] = await openSubscriptions(clock);
  patient.configure([person('dialog')]);
  clock.advance(0);
  const first = await other.subscribe();
  await other.notify(first, dialogs(0, 'confirmed'));
  await eventually('busy', () => last() === 'busy');
  clock.advance(300_000);
  const again = await other.subscribe(2);
  assert.equal(again.header('Call-ID'), first.header('Call-ID'));
  await other.notify(again, dialogs(1, 'confirmed'));
  const { port } = other;
  other.close();
  clock.advance(300_000);
  await eventually('nobody tells any more', () => last() === 'lost', 40_000);
  other = await OtherSystem.open(port);
  clock.advance(10_000);
  const anew = await other.subscribe();
  assert.notEqual(anew.header('Call-ID'), first.header('Call-ID'));
  await other.notify(anew, dialogs(0, 'terminated'));
  await eventually('available', () => last() === 'available');
  await patient.close();
  own.disconnect();
});

test('a host that is not allowed is never asked', async () => {
  const { presence, ...rest } = person('dialog');
  assert.ok(presence);
  subscriptions.configure([{ ...rest, presence: { ...presence, uri: 'sip:taller@otra.example' } }]);
  await new Promise((resolve) => systemClock.after(100, () => resolve(undefined)));
  assert.equal(other.subscribes.length, 0);
});

test('a host that is not allowed any more is asked no more', async () => {
  subscriptions.configure([person('dialog')]);
  await other.subscribe();
  allowed.clear();
  subscriptions.configure([person('dialog')]);
  assert.equal((await other.subscribe(2)).header('Expires'), '0');
  assert.equal(last(), 'lost');
  allowed.add('127.0.0.1');
});
