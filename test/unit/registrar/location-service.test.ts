import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { PhoneBinding } from '../../../src/registrar/bindings.ts';
import { createLocationService } from '../../../src/registrar/location-service.ts';
import { createWriteBehind } from '../../../src/registrar/write-behind.ts';

const binding = (extension: string, expiresAt: number, port = 5060): PhoneBinding => ({
  extension,
  contactUri: `sip:${extension}@h:${port}`,
  receivedFrom: '192.0.2.1:5060',
  transport: 'udp',
  callId: 'c',
  cseq: 1,
  userAgent: '',
  q: 1,
  expiresAt,
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('location service', () => {
  function setUp() {
    const clock = new ManualClock();
    const said: string[] = [];
    const locations = createLocationService(clock, {
      changed: (extension) => said.push(`${clock.now()} ${extension} changed`),
      reachable: (extension, reachable) => said.push(`${clock.now()} ${extension} ${reachable}`),
    });
    return { clock, said, locations };
  }

  test('says when an extension becomes reachable, and when its last binding has expired', () => {
    const { clock, said, locations } = setUp();
    locations.put('1001', [binding('1001', 60_000), binding('1001', 90_000, 5061)]);
    clock.advance(60_000);
    assert.equal(locations.bindingsOf('1001').length, 1);
    clock.advance(60_000);
    assert.deepEqual(said, [
      '0 1001 changed',
      '0 1001 true',
      '60000 1001 changed',
      '90000 1001 changed',
      '90000 1001 false',
    ]);
  });

  test('a refreshed binding outlives the timer that stood for it', () => {
    const { clock, said, locations } = setUp();
    locations.put('1001', [binding('1001', 60_000)]);
    clock.advance(50_000);
    locations.put('1001', [binding('1001', 110_000)]);
    clock.advance(59_999);
    assert.equal(locations.bindingsOf('1001').length, 1);
    clock.advance(1);
    assert.equal(said.at(-1), '110000 1001 false');
  });

  test('an earlier expiry that comes later moves the timer forward', () => {
    const { clock, said, locations } = setUp();
    locations.put('1001', [binding('1001', 600_000)]);
    locations.put('1002', [binding('1002', 30_000)]);
    clock.advance(30_000);
    assert.equal(said.at(-1), '30000 1002 false');
  });

  test('removal is said once', () => {
    const { said, locations } = setUp();
    locations.put('1001', [binding('1001', 60_000)]);
    locations.put('1001', []);
    locations.put('1001', []);
    assert.equal(said.filter((text) => text.endsWith('false')).length, 1);
  });

  test('who could be a phone at an address is told by the form of their name alone', () => {
    const { clock, locations } = setUp();
    locations.put('1001', [binding('1001', 60_000)]);
    const isAt = (name?: string, address = '192.0.2.1') => locations.hasPhoneAt(address, name);
    assert.ok(isAt());
    assert.ok(isAt('1001'));
    assert.ok(isAt('4711'), 'there is no such extension, and the answer does not say so');
    for (const name of ['10011', '+525', 'anna', '']) assert.ok(!isAt(name), name);
    assert.ok(!isAt('1001', '192.0.2.9'));
    clock.advance(60_000);
    assert.ok(!isAt());
  });
});

describe('write-behind', () => {
  function setUp() {
    const clock = new ManualClock();
    const written: string[] = [];
    const state = { isAway: false, value: 1 };
    const store = {
      all: async () => [],
      replace: async (extension: string, bindings: readonly { expiresAt: number }[]) => {
        if (state.isAway) throw new Error('away');
        written.push(`${extension}=${bindings[0]?.expiresAt}`);
      },
    };
    const bindingsOf = (extension: string) => [binding(extension, state.value)];
    const writeBehind = createWriteBehind(store, bindingsOf, clock, silentLogger);
    return { clock, written, state, writeBehind };
  }

  test('nobody waits; what is written is the last state', async () => {
    const { written, state, writeBehind } = setUp();
    writeBehind.changed('1001');
    writeBehind.changed('1002');
    writeBehind.changed('1002');
    state.value = 2;
    await settled();
    assert.deepEqual(written, ['1001=1', '1002=2']);
  });

  test('tries again while the store is away, ever more seldom, and loses nothing', async () => {
    const { clock, written, state, writeBehind } = setUp();
    state.isAway = true;
    for (const extension of ['1001', '1002']) writeBehind.changed(extension);
    for (let i = 0; i < 5; i++) {
      await settled();
      clock.advance(30_000);
    }
    state.isAway = false;
    await settled();
    clock.advance(30_000);
    await settled();
    assert.deepEqual(written.sort(), ['1001=1', '1002=1']);
  });

  test('closing writes what is left, or gives up in time', async () => {
    const { clock, written, state, writeBehind } = setUp();
    state.isAway = true;
    writeBehind.changed('1001');
    await settled();
    let isClosed = false;
    const closing = writeBehind.close(2_000).then(() => {
      isClosed = true;
    });
    await settled();
    assert.equal(isClosed, false);
    clock.advance(2_000);
    await closing;
    assert.deepEqual(written, []);

    const other = setUp();
    other.state.isAway = true;
    other.writeBehind.changed('1001');
    await settled();
    other.state.isAway = false;
    await other.writeBehind.close(2_000);
    assert.deepEqual(other.written, ['1001=1']);
  });
});
