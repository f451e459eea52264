import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { atOnce } from '../../../src/lib/slices.ts';
import type { AgentConfig, AgentState } from '../../../src/model/agent.ts';
import { agentId } from '../../../src/model/ids.ts';
import type { PresenceStatus } from '../../../src/model/presence.ts';
import { Reach } from '../../../src/runtime/reach.ts';

const ANA = agentId('ana');
const outside: AgentConfig = {
  id: ANA,
  name: 'Ana',
  extension: '1500',
  skills: {},
  queueIds: [],
  device: { kind: 'number', number: '+525555550142' },
};
const { device: _, ...inside } = outside;

function board(config: AgentConfig = outside, phones: ReadonlySet<string> = new Set()) {
  const clock = new ManualClock(1_000_000);
  const told: boolean[] = [];
  const kept = new Map<string, unknown>();
  let state: AgentState['kind'] = 'ready';
  const reach = new Reach({
    clock,
    journal: {
      append: () => {},
      keep: (key, value) => void kept.set(key, value),
      drop: (key) => void kept.delete(key),
    },
    outbound: { allows: (to) => to.kind !== 'number' || to.number.startsWith('+52') },
    hasPhone: ({ extension }) => phones.has(extension),
    stateOf: () => state,
    tell: (_id, reachable) => void told.push(reachable),
  });
  const says = (status: PresenceStatus, ms = 60_000) =>
    reach.heard(ANA, { status, by: 'webhook', at: clock.now(), until: clock.now() + ms });
  const be = (to: AgentState['kind']) => {
    state = to;
  };
  const configure = (agents: readonly AgentConfig[]) => atOnce(reach.configure(agents));
  configure([config]);
  return { clock, reach, configure, told, says, be, kept, now: () => told.at(-1) };
}

describe('who can be reached', () => {
  it('outside everybody, until somebody says otherwise, and again when that is over', () => {
    const { clock, reach, says, now, kept } = board();
    assert.equal(now(), true);
    for (const status of ['busy', 'away', 'offline'] as const) {
      says(status);
      assert.equal(now(), false);
    }
    assert.equal(reach.verdict(ANA).why, 'presence');
    clock.advance(60_000);
    assert.equal(now(), true);
    assert.equal(kept.size, 0);
    says('busy');
    says('available');
    assert.equal(now(), true);
    says('busy');
    assert.equal(reach.forget(ANA), true);
    assert.equal(now(), true);
    assert.equal(reach.forget(ANA), false);
  });

  it('inside whoever has a phone, and is not said to be elsewhere', () => {
    const { reach, says, now } = board(inside);
    assert.equal(reach.verdict(ANA).why, 'noPhone');
    reach.phone(ANA, true);
    assert.equal(now(), true);
    says('away');
    assert.equal(now(), false);
    says('available');
    reach.phone(ANA, false);
    assert.equal(now(), false, 'nobody is called without a phone, whatever is said');
  });

  it('who cannot be had three times is left alone, longer each time, until they are had', () => {
    const { clock, reach, now } = board();
    for (let nth = 1; nth <= 3; nth++) {
      assert.equal(now(), true);
      reach.tried(ANA, 'unreachable');
    }
    assert.equal(now(), false);
    assert.equal(reach.verdict(ANA).why, 'failures');
    clock.advance(60_000);
    assert.equal(now(), true);
    reach.tried(ANA, 'unreachable');
    clock.advance(119_999);
    assert.equal(now(), false);
    clock.advance(1);
    assert.equal(now(), true);
    for (let nth = 1; nth <= 20; nth++) reach.tried(ANA, 'unreachable');
    clock.advance(900_000);
    assert.equal(now(), true, 'a quarter of an hour at most');
    reach.tried(ANA, 'answered');
    reach.tried(ANA, 'unreachable');
    reach.tried(ANA, 'busy');
    reach.tried(ANA, 'unreachable');
    reach.tried(ANA, 'unreachable');
    assert.equal(now(), true, 'only failures in a row count');
  });

  it('busy while we call them is our own call: it counts when that is over', () => {
    const { says, be, now, reach } = board();
    be('offered');
    says('busy');
    assert.equal(now(), true);
    be('talking');
    says('busy');
    assert.equal(now(), true);
    be('wrapUp');
    reach.freed(ANA);
    assert.equal(now(), false);
    assert.equal(reach.verdict(ANA).why, 'presence');
  });

  it('a destination that is not allowed is said to be that', () => {
    const { reach, now } = board({
      ...outside,
      device: { kind: 'number', number: '+34910000001' },
    });
    assert.equal(now(), false);
    assert.equal(reach.verdict(ANA).why, 'notAllowed');
  });

  it('a word survives a restart and a change of the configuration, for as long as it holds', () => {
    const first = board();
    first.says('busy', 60_000);
    first.configure([{ ...outside, name: 'Ana María' }]);
    assert.equal(first.now(), false);
    const second = board();
    second.configure([]);
    second.reach.restore(first.kept);
    second.configure([outside]);
    assert.equal(second.now(), false);
    second.clock.advance(60_000);
    assert.equal(second.now(), true);
    first.configure([]);
    assert.equal(first.kept.size, 0, 'whoever is gone leaves nothing');
    first.clock.advance(100_000);
  });
});
