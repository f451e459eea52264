import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Command } from '../../../src/acd/commands.ts';
import { Engine } from '../../../src/acd/engine.ts';
import { monthOf } from '../../../src/lib/zone.ts';
import { agentId, callId, type OfferId, queueId } from '../../../src/model/ids.ts';
import { casual, queue } from './desk.ts';

const ZONE = 'Europe/Madrid';
/** Ten minutes before the month's end in Madrid. */
const START = Date.parse('2026-11-30T22:50:00Z');
const IDS = ['c1', 'c2'];
const CAPS = [1, 2];

type Step =
  | { readonly kind: 'call' | 'wait' | 'restart' | 'again'; readonly n: number }
  | { readonly kind: 'answer' | 'reject' | 'end' | 'return' | 'abandon'; readonly n: number }
  | {
      readonly kind: 'lose' | 'phone' | 'signOut' | 'ready' | 'remove' | 'add';
      readonly n: number;
    };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('call', 'answer', 'end') },
    {
      weight: 3,
      arbitrary: fc.constantFrom('wait', 'again', 'reject', 'return', 'abandon', 'restart'),
    },
    { weight: 1, arbitrary: fc.constantFrom('lose', 'phone', 'signOut', 'ready', 'remove', 'add') },
  ),
  n: fc.nat(30),
}) as fc.Arbitrary<Step>;

/** Two casual agents with tiny budgets, and everything that may go wrong around them, in any order. */
class Race {
  engine = Engine.create();
  now = START;
  calls = 0;
  readonly offers: OfferId[] = [];
  last: Command = { type: 'tick' };
  /** Conversations per agent and month, as they are begun; those that nobody could hold are taken away. */
  readonly answered = new Map<string, number>();
  readonly monthOfCall = new Map<string, string>();
  present = IDS;

  constructor() {
    this.configure();
    for (const id of IDS) {
      this.give({ type: 'agent.signIn', agentId: agentId(id) });
      this.give({ type: 'agent.reachable', agentId: agentId(id), reachable: true });
      this.give({ type: 'agent.ready', agentId: agentId(id) });
    }
  }

  configure(): void {
    const queues = [
      queue('v', { wrapUpMs: 0, missesMax: 99, rejectDelayMs: 0, waitMsMax: 600_000 }),
    ];
    const agents = IDS.filter((id) => this.present.includes(id)).map((id) =>
      casual(id, ['v'], { monthlyCap: CAPS[IDS.indexOf(id)] ?? 0 }),
    );
    this.give({ type: 'configure', queues, agents });
  }

  give(command: Command): void {
    this.last = command;
    const { changes } = this.engine.apply(this.now, command);
    assert.deepEqual(this.engine.brokenInvariants(), []);
    for (const change of changes) {
      if (change.type === 'offer.made') this.offers.push(change.offerId);
      if (change.type === 'call.connected') this.count(change.agentId, change.callId, 1);
      if (change.type === 'call.returned') this.count(change.agentId, change.callId, -1);
    }
  }

  count(agent: string, call: string, by: 1 | -1): void {
    const key = `${agent} ${call}`;
    if (by === 1) this.monthOfCall.set(key, monthOf(ZONE, this.now));
    const month = `${agent} ${this.monthOfCall.get(key)}`;
    this.answered.set(month, (this.answered.get(month) ?? 0) + by);
    const cap = CAPS[IDS.indexOf(agent)] ?? 0;
    assert.ok((this.answered.get(month) ?? 0) <= cap, `${month} is over ${cap}`);
  }

  play({ kind, n }: Step): void {
    const call = callId(`a${this.calls === 0 ? 0 : n % this.calls}`);
    const id = agentId(IDS[n % IDS.length] ?? '');
    const offerId = this.offers[n % Math.max(1, this.offers.length)] ?? ('none#0' as OfferId);
    const newest = this.offers.at(-1) ?? offerId;
    switch (kind) {
      case 'call':
        return this.give({
          type: 'call.enqueue',
          callId: callId(`a${this.calls++}`),
          queueId: queueId('v'),
          priority: 5,
          requiredSkills: {},
        });
      case 'answer':
        return this.give({ type: 'offer.answered', offerId: n % 3 === 0 ? offerId : newest });
      case 'reject':
        return this.give({ type: 'offer.failed', offerId, cause: 'rejected' });
      case 'end':
        return this.give({ type: 'call.ended', callId: call });
      case 'return':
        return this.give({ type: 'call.returned', callId: call, cause: 'media' });
      case 'abandon':
        return this.give({ type: 'call.abandon', callId: call });
      case 'lose':
      case 'phone':
        return this.give({ type: 'agent.reachable', agentId: id, reachable: kind === 'phone' });
      case 'signOut':
        return this.give({ type: 'agent.signOut', agentId: id });
      case 'ready':
        this.give({ type: 'agent.signIn', agentId: id });
        return this.give({ type: 'agent.ready', agentId: id });
      case 'remove':
      case 'add':
        this.present = kind === 'add' ? IDS : this.present.filter((other) => other !== id);
        return this.configure();
      case 'again':
        return this.give(this.last);
      case 'restart':
        this.engine = Engine.restore(this.engine.serialize());
        return;
      case 'wait':
        this.now += n * 10_000;
        return this.give({ type: 'tick' });
    }
  }
}

describe('budgets under any interleaving', () => {
  it('B2 nobody answers more calls in a month than their cap, and the ledger says what they answered', () => {
    let spent = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const race = new Race();
        for (const each of steps) race.play(each);
        for (const id of IDS) {
          const ledger = race.engine.ledger(agentId(id));
          if (!ledger) continue;
          const counted = race.answered.get(`${id} ${ledger.month}`) ?? 0;
          assert.equal(ledger.spent, counted, `${id} in ${ledger.month}`);
          spent += counted;
        }
      }),
      { numRuns: 150 },
    );
    // A race in which nobody ever answers proves nothing.
    assert.ok(spent > 50, `only ${spent} calls were answered`);
  });
});
