import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type Srf from 'drachtio-srf';
import { silentLogger } from '../../../src/lib/log.ts';
import { callId } from '../../../src/model/ids.ts';
import { callerIdentity, dialledNumber } from '../../../src/telephony/caller-identity.ts';
import { InboundLeg } from '../../../src/telephony/inbound-call.ts';
import { deafEar } from '../../../src/telephony/live-audio.ts';
import type { MediaPool } from '../../../src/telephony/media-pool.ts';
import { NOT_KEPT } from '../../../src/telephony/session-keeper.ts';
import { INVITE_NOT_KEPT } from '../../../src/telephony/traces.ts';

const withHeaders = (headers: Record<string, string>): Srf.SrfRequest =>
  ({
    has: (name: string) => name in headers,
    get: (name: string) => headers[name],
  }) as unknown as Srf.SrfRequest;

test('The network’s assertion comes before From; withheld and anonymous callers have no number', () => {
  const from = '"Ana" <sip:+525555550001@trunk.example>;tag=1';
  assert.deepEqual(callerIdentity(withHeaders({ From: from })), {
    ani: '+525555550001',
    displayName: 'Ana',
  });
  const asserted = { From: from, 'P-Asserted-Identity': '<tel:+34911234567>' };
  assert.deepEqual(callerIdentity(withHeaders(asserted)), { ani: '+34911234567' });
  assert.deepEqual(callerIdentity(withHeaders({ ...asserted, Privacy: 'id' })), {});
  assert.deepEqual(callerIdentity(withHeaders({ From: '<sip:anonymous@anonymous.invalid>' })), {});
});

test('Nobody becomes another by their display name, and a local number says whose it is', () => {
  const anis = (headers: Record<string, string>) => callerIdentity(withHeaders(headers)).ani;
  const name = '"sip:+34600000000@vip" <sip:+525555550001@h>';
  assert.equal(anis({ 'P-Asserted-Identity': name }), '+525555550001');
  assert.equal(
    anis({ From: `"a \\" <sip:1@h>" ${name.slice(name.indexOf('<'))}` }),
    '+525555550001',
  );
  assert.equal(anis({ From: '"sip:1' }), undefined);
  for (const from of ['tel:5555550001;phone-context=+52', 'sip:5555550001;phone-context=+52@h'])
    assert.equal(anis({ From: `<${from}>;tag=1` }), '+525555550001');
  assert.equal(anis({ From: '<sip:1001;phone-context=house.example@h>' }), '1001');
  assert.equal(anis({ From: '<sip:+34911234567:secret@h>' }), '+34911234567');
  const called = (uri: string) => dialledNumber({ ...withHeaders({}), uri } as Srf.SrfRequest);
  for (const uri of [
    'sip:8005550100@h',
    'tel:8005550100',
    'sip:%38005550100;isub=1:x@h;user=phone',
  ])
    assert.equal(called(uri), '8005550100', uri);
});

test('A header made to keep us busy does not', () => {
  const spaces = ' '.repeat(60_000);
  const start = process.cpuUsage().user;
  callerIdentity(withHeaders({ From: `sip:a${spaces}`, 'P-Asserted-Identity': `${spaces}a` }));
  assert.ok(process.cpuUsage().user - start < 500_000, 'under half a second of processor');
});

test('A CANCEL that met our 200 at the switch is a caller who cancelled', async () => {
  const gone: string[] = [];
  const released: unknown[] = [];
  const req = Object.assign(new EventEmitter(), {
    body: 'v=0',
    has: () => false,
    // What drachtio says, through srf, when the INVITE has been cancelled.
    srf: { createUAS: () => Promise.reject('Response not sent due to unknown transaction') },
  });
  const server = { release: (channel: unknown) => released.push(channel) };
  const channel = { sdp: 'v=0' };
  const pool = { best: () => server, createChannel: () => Promise.resolve({ channel, server }) };
  const events = {
    answering: () => gone.push('answering'),
    answered: () => gone.push('answered'),
    digit: () => {},
    keysFlooded: () => {},
    acknowledged: () => {},
    gone: (why: string) => gone.push(why),
    over: () => gone.push('over'),
  };
  const leg = new InboundLeg(
    callId('c1'),
    req as unknown as Srf.SrfRequest,
    { finalResponseSent: true } as Srf.SrfResponse,
    events,
    silentLogger,
    (_channel, _sampleRate, sink) => deafEar(sink),
    { headers: {}, begin: () => NOT_KEPT, invited: () => INVITE_NOT_KEPT },
  );
  await leg.answer(pool as unknown as MediaPool);
  assert.deepEqual(gone, ['over', 'cancelled']);
  assert.deepEqual(released, [channel]);
});
