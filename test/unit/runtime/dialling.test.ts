import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { callId } from '../../../src/model/ids.ts';
import { DIALLING_DEFAULTS, type DiallingRules, ruleOf } from '../../../src/model/trunk.ts';
import { Inbox } from '../../../src/runtime/inbox.ts';
import { diallingProblems, ruleFor } from '../../../src/runtime/outbound/dialling.ts';
import { Outbound } from '../../../src/runtime/outbound/outbound.ts';
import { FakeTelephony } from '../../support/fake-telephony.ts';

const rules = (...texts: string[]) => ({ destinations: texts.map(ruleOf) });
const decides = (number: string, ...texts: string[]) =>
  ruleFor(rules(...texts), { kind: 'number', number });

describe('what may be called', () => {
  test('the longest beginning decides, and of two that are equal the one that refuses', () => {
    assert.equal(decides('+34803123456', '+34', '!+34803')?.allow, false);
    assert.equal(decides('+34803123456', '!+34', '+34803')?.allow, true);
    assert.equal(decides('+34911234567', '+34', '!+34')?.allow, false);
    assert.equal(decides('+15551234567', '+34'), undefined);
  });

  test('a country is more exact than its calling code, and less than any digit after it', () => {
    assert.equal(decides('+14165550123', '!+1', 'CA')?.to, 'CA');
    assert.equal(decides('+12125550123', '!+1', 'CA')?.to, '+1');
    assert.equal(decides('+34803123456', 'ES', '!+348')?.allow, false);
    assert.equal(decides('+34911234567', 'ES')?.allow, true);
  });

  test('a premium number is called by a rule that names more than its country, and by no other', () => {
    for (const number of ['+34803123456', '+529001234567', '+19005551234', '+979123456789']) {
      const wide = ['+34', 'ES', '+52', 'MX', '+1', 'US', '+9', '+979'];
      assert.equal(decides(number, ...wide), undefined, number);
      assert.equal(decides(number, ...wide, number.slice(0, 6))?.allow, true, number);
      assert.equal(decides(number, '!ES', '!MX', '!US', '!+979')?.allow, false, number);
    }
  });

  test('nothing that is no subscriber is ever allowed', () => {
    for (const number of [
      '112',
      '+112',
      '+34',
      '911',
      '+0341234567',
      '+340911234567',
      '+4409011234567',
      '+34911',
      'sip:a@b',
      '+34911234567;x=y',
    ])
      assert.equal(decides(number, '+', '+1', '+3', '+34', 'ES'), undefined, number);
  });

  test('a SIP address is allowed by its host alone', () => {
    const to = (uri: string) => ruleFor(rules('sip:example.com'), { kind: 'sip', uri });
    assert.equal(to('sip:ana@EXAMPLE.com:5070')?.allow, true);
    for (const uri of ['sip:ana@example.com.evil', 'sip:ana@evil?x=@example.com', 'tel:+34'])
      assert.equal(to(uri), undefined, uri);
  });

  test('rules that contradict each other, or name no country, are named', () => {
    const problems = diallingProblems({ ...DIALLING_DEFAULTS, ...rules('ES', '!ES', 'ZZ') });
    assert.deepEqual(problems, [
      'dialling: there are two rules for ES',
      'dialling: there is no country ZZ',
    ]);
  });
});

describe('how much may be called', () => {
  function outbound(given: Partial<DiallingRules>, notes = new Map<string, unknown>()) {
    const clock = new ManualClock(0);
    const inbox = new Inbox((error) => assert.fail(String(error)));
    const results: string[] = [];
    const door = new Outbound({
      clock,
      log: silentLogger,
      inbox,
      journal: {
        keep: (key, value) => void notes.set(key, value),
        drop: (key) => void notes.delete(key),
      },
      telephony: new FakeTelephony(),
      meters: {
        dialled: (_purpose, result) => results.push(result),
        callbackEnded: () => {},
        voicemail: () => {},
      },
    });
    door.restore(notes);
    door.configure({ ...DIALLING_DEFAULTS, ...given });
    const dial = (number: string) =>
      door.dial(
        'transfer',
        { callId: callId('c'), to: { kind: 'number', number }, ringMsMax: 1 },
        { ringing() {}, answered() {}, failed() {}, gone() {}, digit() {} },
      );
    return { clock, door, dial, results, notes };
  }

  test('each destination has its own limits, under that of all', () => {
    const { clock, dial, results } = outbound({
      destinations: [
        { to: '+34', allow: true, callsPerHourMax: 2 },
        { to: '+52', allow: true, callsMax: 1 },
      ],
      callsPerHourMax: 4,
    });
    for (let index = 0; index < 3; index += 1) dial('+34911234567').hangup();
    assert.deepEqual(results, ['cancelled', 'cancelled', 'limit']);
    const mexico = dial('+525511112222');
    dial('+525511112222');
    assert.equal(results.at(-1), 'limit');
    mexico.hangup();
    dial('+525511112222').hangup();
    dial('+525511112222').hangup();
    assert.equal(results.at(-1), 'limit', 'that of all is used up');
    clock.advance(3_600_001);
    dial('+34911234567').hangup();
    assert.equal(results.at(-1), 'cancelled');
  });

  test('a restart does not begin a new hour, and what is past is noted no longer', () => {
    const destinations = [{ to: '+34', allow: true, callsPerHourMax: 2 }];
    const before = outbound({ destinations });
    for (let index = 0; index < 2; index += 1) before.dial('+34911234567').hangup();
    const { clock, dial, results, notes } = outbound({ destinations }, before.notes);
    dial('+34911234567');
    assert.deepEqual(results, ['limit']);
    clock.advance(3_600_000);
    dial('+34911234567').hangup();
    assert.deepEqual(results, ['limit', 'cancelled']);
    assert.equal(notes.size, 1);
  });

  test('the emergency stop refuses everything, at once', () => {
    const { door, dial, results } = outbound({ destinations: [{ to: '+34', allow: true }] });
    door.configure({
      ...DIALLING_DEFAULTS,
      destinations: [{ to: '+34', allow: true }],
      blocked: true,
    });
    dial('+34911234567');
    assert.deepEqual(results, ['notAllowed']);
  });
});
