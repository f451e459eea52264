import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callId, offerId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const two = () => new Desk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]).work('1', '2');
const one = (more = {}) => new Desk([queue('v', more)], [agent('1', ['v'])]).work('1');

describe('offers', () => {
  it('O1 an agent who is offered a call gets no other', () => {
    const desk = one();
    desk.call('a', 'v');
    desk.call('b', 'v');
    assert.equal(desk.stage('b'), 'queued');
    assert.equal(desk.changesOf('offer.made').length, 0);
  });

  it('O2 an answered offer connects once, and tells the wait', () => {
    const desk = one();
    desk.call('a', 'v');
    desk.after(3_000).answer('a');
    assert.deepEqual(desk.types, ['agent.changed', 'call.connected']);
    assert.equal(desk.changesOf('call.connected')[0]?.waitMs, 3_000);
    assert.equal(desk.answer('a'), 'OFFER_UNKNOWN');
    assert.equal(desk.stage('a'), 'talking');
  });

  it('O7 who was picked up and asked has the time of the question, and not a second more', () => {
    const desk = one({ ringTimeoutMs: 10_000 });
    desk.call('a', 'v');
    const offer = desk.offerOf('a');
    desk.after(9_000).give({ type: 'offer.pickedUp', offerId: offer, askMs: 15_000 });
    assert.deepEqual(desk.types, ['offer.pickedUp']);
    desk.after(10_000).give({ type: 'offer.pickedUp', offerId: offer, askMs: 60_000 });
    assert.deepEqual(desk.types, []);
    desk.after(4_999).give({ type: 'tick' });
    assert.equal(desk.stage('a'), 'offered');
    desk.after(1).give({ type: 'tick' });
    assert.equal(desk.changesOf('offer.withdrawn')[0]?.why, 'noAnswer');
    assert.equal(desk.give({ type: 'offer.answered', offerId: offer }), 'OFFER_UNKNOWN');
  });

  it('O7 a question never shortens the offer, lasts a minute at most, and survives a restart', () => {
    const desk = one({ ringTimeoutMs: 20_000 });
    desk.call('a', 'v');
    desk.give({ type: 'offer.pickedUp', offerId: desk.offerOf('a'), askMs: 1_000 });
    assert.equal(desk.changesOf('offer.pickedUp')[0]?.expiresAt, desk.now + 20_000);
    const other = one({ ringTimeoutMs: 20_000 });
    other.call('a', 'v');
    other.give({ type: 'offer.pickedUp', offerId: other.offerOf('a'), askMs: 9_999_999 });
    assert.equal(other.changesOf('offer.pickedUp')[0]?.expiresAt, other.now + 60_000);
    const saved = other.engine.serialize();
    assert.equal(Engine.restore(saved).serialize(), saved);
  });

  it('O2 late and invented words about an offer touch nothing', () => {
    const desk = two();
    desk.call('a', 'v');
    const first = desk.offerOf('a');
    desk.fail('a', 'busy');
    assert.notEqual(desk.offerOf('a'), first);
    for (const id of [first, offerId('a#0'), offerId('#'), offerId('x'), offerId('')]) {
      assert.equal(desk.give({ type: 'offer.answered', offerId: id }), 'OFFER_UNKNOWN');
      assert.deepEqual(desk.changes, []);
    }
    assert.equal(desk.with('a'), '2');
  });

  it('O2 a call that is queued again under its old id gets offers with new ids', () => {
    const desk = one({ waitMsMax: 50_000 });
    desk.call('a', 'v');
    const first = desk.offerOf('a');
    desk.abandon('a');
    desk.after(1).call('a', 'v');
    assert.notEqual(desk.offerOf('a'), first);
  });

  it('O3 the phone stops when the caller leaves, and the agent is ready at once', () => {
    const desk = one();
    desk.call('a', 'v');
    desk.after(7_000).abandon('a');
    assert.deepEqual(desk.types, ['offer.withdrawn', 'agent.changed', 'call.left']);
    assert.equal(desk.changesOf('offer.withdrawn')[0]?.why, 'callerLeft');
    assert.equal(desk.changesOf('call.left')[0]?.outcome, 'abandoned');
    assert.equal(desk.state('1'), 'ready');
    desk.call('b', 'v');
    assert.equal(desk.with('b'), '1');
  });

  it('O4 an agent who goes away hands the call to the next', () => {
    for (const leave of ['notReady', 'signOut'] as const) {
      const desk = two();
      desk.call('a', 'v');
      desk[leave]('1');
      assert.equal(desk.changesOf('offer.withdrawn')[0]?.why, 'agentLeft');
      assert.equal(desk.with('a'), '2');
      assert.equal(desk.state('1'), leave === 'notReady' ? 'notReady' : 'offline');
    }
  });

  it('O5 others first: an agent who failed a call may have another, and not that one for 10 s', () => {
    const desk = one({ rejectDelayMs: 2_000 });
    desk.call('a', 'v');
    desk.call('b', 'v');
    desk.fail('a', 'rejected');
    assert.equal(desk.position('a'), 1);
    desk.pass(2_000);
    assert.equal(desk.with('b'), '1');
    desk.abandon('b');
    assert.equal(desk.stage('a'), 'queued');
    desk.pass(7_999);
    assert.equal(desk.stage('a'), 'queued');
    desk.pass(1);
    assert.equal(desk.with('a'), '1');
  });

  it('O5 a pause of nothing does not ring the same phone over and over', () => {
    const desk = one({ busyDelayMs: 0 });
    desk.call('a', 'v');
    desk.fail('a', 'busy');
    assert.equal(desk.stage('a'), 'queued');
    desk.pass(10_000);
    assert.equal(desk.stage('a'), 'offered');
  });

  it('O6 a call that comes back keeps its place', () => {
    const desk = one();
    for (const id of ['a', 'b', 'c']) desk.after(1).call(id, 'v');
    desk.fail('a', 'unreachable');
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => desk.position(id)),
      [1, 2, 3],
    );
  });
});

describe('failed offers', () => {
  it('F1 a phone that rings out makes the agent not ready with reason rna, and the call goes on', () => {
    const desk = two();
    desk.call('a', 'v');
    desk.pass(20_000);
    const withdrawn = desk.history.filter(({ type }) => type === 'offer.withdrawn');
    assert.deepEqual(withdrawn.length, 1);
    assert.equal(desk.reason('1'), 'rna');
    assert.equal(desk.with('a'), '2');
  });

  it('F1 only missesMax in a row make the agent not ready', () => {
    const desk = one({ missesMax: 2, wrapUpMs: 0 });
    desk.call('a', 'v');
    desk.fail('a', 'noAnswer');
    assert.equal(desk.state('1'), 'ready');
    desk.call('b', 'v');
    desk.answer('b');
    desk.end('b');
    desk.pass(10_000);
    desk.fail('a', 'noAnswer');
    assert.equal(desk.state('1'), 'ready', 'an answer stands between the two');
    desk.pass(10_000);
    desk.fail('a', 'noAnswer');
    assert.equal(desk.reason('1'), 'rna');
  });

  it('F2 F3 F4 reject, busy and unreachable pause the agent, each for its time, and leave them ready', () => {
    const delays = { rejectDelayMs: 11_000, busyDelayMs: 12_000, unreachableDelayMs: 13_000 };
    for (const [cause, delayMs] of [
      ['rejected', 11_000],
      ['busy', 12_000],
      ['unreachable', 13_000],
    ] as const) {
      const desk = one(delays);
      desk.call('a', 'v');
      desk.fail('a', cause);
      desk.call('b', 'v');
      assert.equal(desk.state('1'), 'ready');
      desk.pass(delayMs - 1);
      assert.equal(desk.stage('b'), 'queued');
      desk.pass(1);
      assert.equal(desk.with('a'), '1');
    }
  });

  it('F4 the last phone unregisters while it rings', () => {
    const desk = two();
    desk.call('a', 'v');
    desk.phone('1', false);
    assert.equal(desk.changesOf('offer.withdrawn')[0]?.why, 'agentLeft');
    assert.equal(desk.with('a'), '2');
    assert.equal(desk.state('1'), 'ready');
    desk.phone('1');
    desk.call('b', 'v');
    assert.equal(desk.stage('b'), 'queued', 'the pause after unreachable');
    desk.pass(10_000);
    assert.equal(desk.with('b'), '1');
  });

  it('F5 ready after not ready ends the pause and forgets the misses', () => {
    const desk = one();
    desk.call('a', 'v');
    desk.fail('a', 'busy');
    desk.notReady('1');
    desk.ready('1');
    desk.call('b', 'v');
    assert.equal(desk.with('b'), '1');
  });

  it('F5 "ready" from whoever is ready, or while a phone rings, forgives no miss', () => {
    const desk = one({ missesMax: 2 });
    desk.call('a', 'v');
    desk.pass(20_000);
    desk.ready('1');
    desk.pass(10_000);
    assert.equal(desk.with('a'), '1');
    desk.ready('1');
    desk.pass(20_000);
    assert.deepEqual([desk.state('1'), desk.reason('1')], ['notReady', 'rna']);
  });

  it('O3 C5 a phone that stops is told whether the caller left or was taken elsewhere; a lost line is a caller who left', () => {
    for (const [how, why] of [
      [{}, 'callerLeft'],
      [{ byHouse: true }, 'byHouse'],
      [{ byHouse: true, lineLost: true }, 'callerLeft'],
    ] as const) {
      const desk = one();
      desk.call('a', 'v');
      desk.give({ type: 'call.abandon', callId: callId('a'), ...how });
      assert.deepEqual(
        desk.changesOf('offer.withdrawn').map((change) => change.why),
        [why],
      );
      assert.equal(desk.state('1'), 'ready');
    }
  });
});
