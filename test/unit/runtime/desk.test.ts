import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentId } from '../../../src/model/ids.ts';
import { FakeAgentLeg, FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const id = (name: string) => name as AgentId;

/** Phones 1001 and 1002 are registered; whoever dials a code hears what comes of it. */
class Floor {
  readonly floor: TestFloor;
  #calls = 0;

  private constructor(floor: TestFloor) {
    this.floor = floor;
  }

  static async open(attempts?: { take: () => Promise<boolean>; clear: () => Promise<void> }) {
    const floor = new TestFloor(undefined, attempts ? { attempts } : {});
    floor.registered.add('1001').add('1002');
    floor.configuration = {
      ...floor.configuration,
      dispositions: [
        { id: 'vendido', label: { es: 'Vendido' }, code: '1' },
        { id: 'averia', label: { es: 'Avería' }, code: '2', queueIds: ['soporte'] },
      ] as never,
    };
    assert.deepEqual(await floor.center.reload(), []);
    return new Floor(floor);
  }

  /** A phone dials; its leg. */
  async dials(phone: string, code: string): Promise<FakeCallerLeg> {
    this.#calls += 1;
    const call = { ...inbound(`f${this.#calls}`, undefined, code), fromExtension: phone };
    const verdict = this.floor.center.arrived(call);
    assert.ok(verdict.accept, `${code} is taken`);
    const leg = new FakeCallerLeg(call.callId);
    this.floor.center.answered(leg);
    await settled();
    return leg;
  }

  async types(leg: FakeCallerLeg, keys: string): Promise<void> {
    for (const key of keys) this.floor.center.digit(leg.callId, key);
    await settled();
    await settled();
  }

  /** What is said last, after which the phone is hung up. */
  async ends(leg: FakeCallerLeg): Promise<string | undefined> {
    await this.floor.playOut(leg);
    assert.ok(leg.hungUp, leg.played.join(' '));
    return leg.played.at(-1);
  }

  /** The phone at which the agent is rung. */
  ringsAt(): string | undefined {
    return this.floor.telephony.rings.at(-1)?.extension;
  }
}

test('A phone signs its own agent in; with a PIN only if they have one, and never a wrong one', async () => {
  const desk = await Floor.open();
  const { floor } = desk;
  const first = await desk.dials('1001', '*71');
  assert.deepEqual([await desk.ends(first), floor.stateOf('1001')], ['signedIn', 'notReady']);

  floor.pins.set('1002', '6093');
  const second = await desk.dials('1002', '*71');
  assert.equal(second.played.at(-1), 'enterPin');
  await desk.types(second, '1111#');
  assert.deepEqual(second.played, ['enterPin', 'wrongPin', 'enterPin']);
  await desk.types(second, '6093#');
  assert.deepEqual([await desk.ends(second), floor.stateOf('1002')], ['signedIn', 'notReady']);
  const kept = JSON.stringify([...floor.events, ...floor.cdrs]);
  assert.ok(!kept.includes('6093') && !kept.includes('1111'), 'no PIN is written down');
});

test('Three wrong PINs, nothing typed, and too many tries end the call; nobody is signed in', async () => {
  let left = 100;
  const attempts = { take: async () => left-- > 0, clear: async () => {} };
  const desk = await Floor.open(attempts);
  desk.floor.pins.set('1002', '6093');
  const wrong = await desk.dials('1002', '*71');
  for (const pin of ['1#', '2#', '3#']) await desk.types(wrong, pin);
  assert.equal(await desk.ends(wrong), 'wrongPin');

  const silent = await desk.dials('1002', '*71');
  await desk.floor.playOut(silent);
  desk.floor.clock.advance(10_000);
  await settled();
  assert.equal(await desk.ends(silent), 'wrongPin');

  left = 0;
  const locked = await desk.dials('1002', '*71');
  await desk.types(locked, '6093#');
  assert.equal(await desk.ends(locked), 'locked');
  assert.equal(desk.floor.stateOf('1002'), 'offline');
});

test('Any agent at any phone: their calls ring there, its codes are theirs, and it is its own agent’s again', async () => {
  const desk = await Floor.open();
  const { floor } = desk;
  floor.registered.delete('1002');
  floor.pins.set('1002', '6093');
  floor.ready('1001');
  const leg = await desk.dials('1001', '*711002');
  await desk.types(leg, '6093#');
  assert.equal(await desk.ends(leg), 'signedIn');
  assert.equal(floor.stateOf('1001'), 'offline', 'whoever sat there has gone');
  assert.equal(floor.engine.agent(id('1001'))?.reachable, false, 'and has no phone');
  const seen = floor.center.snapshot().agents.find((agent) => agent.id === '1002');
  assert.deepEqual([seen?.phone, seen?.reachable], ['1001', true]);

  assert.equal(await desk.ends(await desk.dials('1001', '*73')), 'ready');
  assert.equal(floor.stateOf('1002'), 'ready');
  const caller = await floor.queuedCall('c1', '+525555550001');
  assert.equal(desk.ringsAt(), '1001');
  const request = floor.telephony.rings.at(-1);
  assert.ok(request);
  assert.equal(request.agentId, '1002');
  floor.center.agentAnswered(request.offerId, new FakeAgentLeg(request));
  await settled();
  const own = floor.center.agentDesk.signIn(id('1001'));
  assert.equal(own?.code, 'AGENT_STATE', 'nobody loses their phone in a call');
  floor.center.callerGone(caller.callId, 'hungup');
  floor.clock.advance(10_000);

  assert.equal(await desk.ends(await desk.dials('1001', '*72')), 'signedOut');
  assert.equal(floor.stateOf('1002'), 'offline');
  assert.equal(await desk.ends(await desk.dials('1001', '*71')), 'signedIn');
  assert.deepEqual([floor.stateOf('1001'), floor.kept.size], ['notReady', 0]);
  assert.deepEqual(floor.broken, []);
});

test('An agent without a PIN sits at no phone but their own; by the API at any that there is', async () => {
  const desk = await Floor.open();
  const { floor } = desk;
  const leg = await desk.dials('1001', '*711002');
  await desk.types(leg, '1234#');
  await desk.types(leg, '1234#');
  await desk.types(leg, '1234#');
  assert.equal(await desk.ends(leg), 'wrongPin');
  assert.equal(floor.center.agentDesk.signIn(id('1002'), '9999')?.code, 'DESTINATION_UNKNOWN');
  assert.equal(floor.center.agentDesk.signIn(id('nobody'))?.code, 'AGENT_UNKNOWN');
  assert.equal(floor.center.agentDesk.signIn(id('1002'), '1001'), undefined);
  assert.equal(floor.kept.get('desk:1002'), '1001', 'a new process knows');
  assert.equal(floor.center.agentDesk.signIn(id('1002'), '1002'), undefined, 'back to their own');
  assert.deepEqual([floor.kept.size, floor.engine.agent(id('1002'))?.reachable], [0, true]);
});

test('A phone that is always on is lent, and is on again when it is given back', async () => {
  const desk = await Floor.open();
  const { floor } = desk;
  const { agents } = floor.configuration;
  floor.configuration = {
    ...floor.configuration,
    agents: agents.map((one) =>
      one.id === '1001' ? { ...one, casual: { monthlyCap: 30, alwaysOn: true } } : one,
    ),
  };
  assert.deepEqual(await floor.center.reload(), []);
  assert.equal(floor.stateOf('1001'), 'ready');
  assert.equal(floor.center.agentDesk.signIn(id('1002'), '1001'), undefined);
  assert.equal(floor.engine.agent(id('1001'))?.reachable, false);
  assert.equal(await desk.ends(await desk.dials('1001', '*72')), 'signedOut');
  assert.deepEqual([floor.stateOf('1001'), floor.stateOf('1002')], ['ready', 'offline']);
});

test('A new process knows who sat where, and forgets those who were signed out', async () => {
  const desk = await Floor.open();
  const { floor } = desk;
  floor.ready('1002');
  floor.center.recover(
    new Map([
      ['desk:1002', '1001'],
      ['desk:1003', '1002'],
    ]),
    floor.clock.now(),
  );
  const phones = floor.center.snapshot().agents.map(({ id: name, phone }) => [name, phone]);
  assert.deepEqual(
    phones.filter(([, phone]) => phone !== undefined),
    [['1002', '1001']],
  );
});

test('A disposition: during the call, after it, by its code; of that queue, and of nobody else’s call', async () => {
  const desk = await Floor.open();
  const { floor } = desk;
  assert.equal(await desk.ends(await desk.dials('1001', '*771')), 'refused', 'of no call');
  floor.ready('1001');
  const caller = await floor.queuedCall('c1', '+525555550001');
  const request = floor.telephony.rings.at(-1);
  assert.ok(request);
  floor.center.agentAnswered(request.offerId, new FakeAgentLeg(request));
  await settled();
  assert.equal(floor.center.agentDesk.dispose(id('1001'), 'vendido'), undefined);
  assert.equal(floor.center.agentDesk.dispose(id('1001'), 'averia')?.code, 'NOT_FOUND');
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.equal(floor.stateOf('1001'), 'wrapUp');
  assert.equal(await desk.ends(await desk.dials('1001', '*772')), 'refused', 'of another queue');
  assert.equal(await desk.ends(await desk.dials('1001', '*771')), 'disposed');
  const said = floor.events.filter(({ type }) => type === 'call.disposed');
  assert.deepEqual(
    said.map(({ callId, data }) => [callId, data['agentId'], data['disposition']]),
    [
      ['c1', '1001', 'vendido'],
      ['c1', '1001', 'vendido'],
    ],
  );
  assert.equal(
    new Set(floor.events.map(({ callId, seq }) => `${callId} ${seq}`)).size,
    floor.events.length,
  );
});
