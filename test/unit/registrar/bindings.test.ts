import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  alive,
  applyRegistration,
  BINDING_LIMITS,
  isReborn,
  type PhoneBinding,
  type Registration,
} from '../../../src/registrar/bindings.ts';
import { parseContacts } from '../../../src/registrar/contact-header.ts';

const NOW = 1_000_000;

function registration(contact: string, over: Partial<Registration> = {}): Registration {
  return {
    extension: '1001',
    callId: 'call-1',
    cseq: 1,
    contacts: contact === '' ? [] : (parseContacts(contact) ?? []),
    expiresSeconds: undefined,
    receivedFrom: '192.0.2.1:5060',
    transport: 'udp',
    userAgent: 'test',
    ...over,
  };
}

function done(
  bindings: readonly PhoneBinding[],
  request: Registration,
  now = NOW,
): readonly PhoneBinding[] {
  const outcome = applyRegistration(bindings, request, now);
  assert.equal(outcome.kind, 'done', JSON.stringify(outcome));
  return outcome.kind === 'done' ? outcome.bindings : [];
}
const uris = (bindings: readonly PhoneBinding[]) => bindings.map(({ contactUri }) => contactUri);

describe('bindings (RFC 3261 section 10.3)', () => {
  test('step 7: the contact’s own expiry, then the header’s, then the default, up to the longest', () => {
    const secondsOf = (contact: string, over: Partial<Registration> = {}) =>
      done([], registration(contact, over)).map(({ expiresAt }) => (expiresAt - NOW) / 1000);
    assert.deepEqual(secondsOf('<sip:1@h>;expires=60', { expiresSeconds: 90 }), [60]);
    assert.deepEqual(secondsOf('<sip:1@h>', { expiresSeconds: 90 }), [90]);
    assert.deepEqual(secondsOf('<sip:1@h>'), [BINDING_LIMITS.expiresSecondsDefault]);
    assert.deepEqual(secondsOf('<sip:1@h>;expires=soon', { expiresSeconds: 90 }), [90]);
    assert.deepEqual(secondsOf('<sip:1@h>;expires=999999999999'), [
      BINDING_LIMITS.expiresSecondsMax,
    ]);
  });

  test('too brief is told the least, and 0 is no expiry but a removal', () => {
    const outcome = applyRegistration([], registration('<sip:1@h>;expires=29'), NOW);
    assert.deepEqual(outcome, { kind: 'tooBrief', expiresSecondsMin: 30 });
    assert.deepEqual(done([], registration('<sip:1@h>;expires=0')), []);
  });

  test('several contacts, best first', () => {
    const contact = '<sip:a@h>;q=0.2, <sip:b@h>;q=1.0, <sip:c@h>;q=0.7';
    assert.deepEqual(uris(done([], registration(contact))), ['sip:b@h', 'sip:c@h', 'sip:a@h']);
  });

  test('all or nothing: one bad contact and none is taken', () => {
    for (const contact of ['<sip:1@h>, <tel:1>', '<sip:1@h>;q=2', '<sip:1@h>, *'])
      assert.equal(applyRegistration([], registration(contact), NOW).kind, 'bad');
  });

  test('a query changes nothing', () => {
    const bindings = done([], registration('<sip:1@h>'));
    assert.deepEqual(done(bindings, registration('', { cseq: 0 })), bindings);
  });

  test('the same address in another spelling is refreshed, not added', () => {
    const bindings = done([], registration('<sip:1@HOST;transport=UDP>'));
    const again = registration('<sip:%31@host;transport=udp;x=y>;expires=600', { cseq: 2 });
    assert.deepEqual(uris(done(bindings, again)), ['sip:%31@host;transport=udp;x=y']);
  });

  test('an equal or lower CSeq of the same call is refused, of another call it is taken', () => {
    const bindings = done([], registration('<sip:1@h>', { cseq: 5 }));
    for (const cseq of [4, 5])
      assert.equal(
        applyRegistration(bindings, registration('<sip:1@h>;expires=0', { cseq }), NOW).kind,
        'outOfOrder',
      );
    const other = registration('<sip:1@h>;expires=0', { cseq: 1, callId: 'call-2' });
    assert.deepEqual(done(bindings, other), []);
  });

  test('step 6: * removes everything, with Expires 0 only, and in order', () => {
    const bindings = done([], registration('<sip:a@h>, <sip:b@h>', { cseq: 5 }));
    assert.deepEqual(done(bindings, registration('*', { cseq: 6, expiresSeconds: 0 })), []);
    assert.equal(applyRegistration(bindings, registration('*', { cseq: 6 }), NOW).kind, 'bad');
    const late = registration('*', { cseq: 5, expiresSeconds: 0 });
    assert.equal(applyRegistration(bindings, late, NOW).kind, 'outOfOrder');
  });

  test('RFC 5626: a phone that restarted on another port replaces itself', () => {
    const phone = (port: number) =>
      registration(`<sip:1@10.0.0.5:${port}>;+sip.instance="<urn:uuid:1>";reg-id=1`, {
        callId: `call-${port}`,
      });
    assert.deepEqual(uris(done(done([], phone(4001)), phone(4002))), ['sip:1@10.0.0.5:4002']);
  });

  test('a phone that was started anew is known by its place, or by where it comes from', () => {
    const first = done([], registration('<sip:1-ab@192.0.2.1:5060>'));
    const next = (contact: string, over: Partial<Registration>) =>
      isReborn(first, done(first, registration(contact, { cseq: 2, ...over })));
    const callId = 'call-2';
    assert.equal(next('<sip:1-ab@192.0.2.1:5060>', {}), false, 'it refreshes');
    assert.ok(next('<sip:1-ab@192.0.2.1:5060>', { callId, receivedFrom: '192.0.2.9:1' }));
    assert.ok(next('<sip:1-cd@192.0.2.1:5060>', { callId }), 'another Contact each time');
    const connection = { callId, receivedFrom: '192.0.2.1:49152' };
    assert.ok(next('<sip:1-cd@192.0.2.1:5060>', connection), 'by another connection');
    const elsewhere = { callId, receivedFrom: '198.51.100.9:49152' };
    assert.equal(next('<sip:1-cd@192.0.2.1:5060>', elsewhere), false, 'behind another router');
    const second = { callId, receivedFrom: '192.0.2.2:5060' };
    assert.equal(next('<sip:1-cd@192.0.2.2:5060>', second), false, 'a second phone');
    const both = done(first, registration('<sip:1-cd@192.0.2.1:5060>', { callId }));
    const refreshed = done(both, registration('<sip:1-cd@192.0.2.1:5060>', { callId, cseq: 2 }));
    assert.equal(isReborn(both, refreshed), false, 'told once');
  });

  test('too many: the one that expires soonest gives way', () => {
    let bindings: readonly PhoneBinding[] = [];
    for (let i = 0; i <= BINDING_LIMITS.perExtensionMax; i++)
      bindings = done(bindings, registration(`<sip:1@h:${5000 + i}>`, { callId: `${i}` }), NOW + i);
    assert.equal(bindings.length, BINDING_LIMITS.perExtensionMax);
    assert.equal(uris(bindings).includes('sip:1@h:5000'), false);
  });

  test('properties: never too many, never expired, one per address, whatever comes in whatever order', () => {
    const step = fc.record({
      port: fc.integer({ min: 1, max: 12 }),
      expires: fc.constantFrom(0, 10, 30, 60, 3_600, 9_999),
      call: fc.integer({ min: 1, max: 3 }),
      cseq: fc.integer({ min: 0, max: 6 }),
      later: fc.integer({ min: 0, max: 120_000 }),
      q: fc.constantFrom('0', '0.5', '1'),
      all: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let bindings: readonly PhoneBinding[] = [];
        let now = NOW;
        for (const { port, expires, call, cseq, later, q, all } of steps) {
          now += later;
          const contact = all ? '*' : `<sip:1@h:${port}>;q=${q}`;
          const over = { callId: `${call}`, cseq, expiresSeconds: expires };
          const before = alive(bindings, now);
          const outcome = applyRegistration(bindings, registration(contact, over), now);
          if (outcome.kind !== 'done') {
            assert.deepEqual(alive(bindings, now), before);
            continue;
          }
          bindings = outcome.bindings;
          assert.ok(bindings.length <= BINDING_LIMITS.perExtensionMax);
          assert.ok(bindings.every(({ expiresAt }) => expiresAt > now));
          assert.equal(new Set(uris(bindings)).size, bindings.length);
          if (all || expires === 0) assert.ok(!uris(bindings).includes(`sip:1@h:${port}`));
          else assert.ok(uris(bindings).includes(`sip:1@h:${port}`));
        }
      }),
    );
  });
});

describe('connections that phones hold open (RFC 5626)', () => {
  const CONTACT = '<sip:1@10.0.0.5;transport=tcp>;+sip.instance="<urn:uuid:1>";reg-id=';
  const over = { transport: 'tcp', supportsOutbound: true } as const;
  const flows = (bindings: readonly PhoneBinding[]) => bindings.map(({ flow }) => flow?.id);

  test('each has a binding of its own, though the URI is one; registered again, it is replaced', () => {
    const first = done(
      [],
      registration(`${CONTACT}1`, { ...over, receivedFrom: '192.0.2.1:40001' }),
    );
    const both = done(
      first,
      registration(`${CONTACT}2`, { ...over, callId: 'c2', receivedFrom: '192.0.2.1:40002' }),
      NOW + 1,
    );
    assert.deepEqual(flows(both).toSorted(), [1, 2]);
    const again = done(
      both,
      registration(`${CONTACT}1`, { ...over, callId: 'c3', receivedFrom: '192.0.2.1:40003' }),
      NOW + 2,
    );
    assert.deepEqual(again.map(({ flow, receivedFrom }) => [flow?.id, receivedFrom]).toSorted(), [
      [1, '192.0.2.1:40003'],
      [2, '192.0.2.1:40002'],
    ]);
  });

  test('by UDP, without the phone’s word, or without a number, it is a phone like any other', () => {
    for (const [contact, how] of [
      [`${CONTACT}1`, { ...over, transport: 'udp' }],
      [`${CONTACT}1`, { transport: 'tcp' }],
      [`${CONTACT}0`, over],
      ['<sip:1@10.0.0.5>;reg-id=1', over],
    ] as const) {
      const outcome = applyRegistration([], registration(contact, how), NOW);
      assert.deepEqual(outcome.kind === 'done' && [outcome.outbound, flows(outcome.bindings)], [
        undefined,
        [undefined],
      ]);
    }
  });

  test('behind a proxy that keeps no connections the phone is asked to do without', () => {
    const path = ['sip:core;lr;ob', 'sip:edge;lr'];
    const outcome = applyRegistration([], registration(`${CONTACT}1`, { ...over, path }), NOW);
    assert.equal(outcome.kind, 'noOutbound');
    const [binding] = done([], registration(`${CONTACT}1`, { transport: 'tcp', path }));
    assert.deepEqual([binding?.path, binding?.flow], [path, undefined]);
  });

  test('the proxy next to the phone keeps its connections, whatever it is reached by', () => {
    const path = ['sip:core;lr', 'sip:edge;lr;ob'];
    const how = { ...over, transport: 'udp', path } as const;
    const [binding] = done([], registration(`${CONTACT}1`, how));
    assert.deepEqual([binding?.path, binding?.flow?.id], [path, 1]);
  });

  test('a way that fits into no request is refused', () => {
    const contact = `<sip:1@10.0.0.5;x=${'y'.repeat(220)}>`;
    assert.equal(done([], registration(contact)).length, 1);
    const path = ['sip:edge.example;lr'];
    assert.equal(applyRegistration([], registration(contact, { path }), NOW).kind, 'bad');
  });
});
