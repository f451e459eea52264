import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import { Engine } from '../../../src/acd/engine.ts';
import { Random } from '../../../src/lib/random.ts';
import { agent, casual, Desk, queue } from './desk.ts';

const COMMANDS = 2_000;
/** The invariants look at everything. */
const LOOK_EVERY = 20;
const START = 1_700_000_000_000;

/** Figures that no sender should send; `undefined`: the field is absent. */
const FIGURES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1.5, 1e300];
const NAMES = ['', 'nobody', '__proto__', 'constructor', '#', 'c1#', 'c1#x', 'x'.repeat(500)];

const queues = [
  queue('v', { callbackEnabled: true, preferredWaitMs: 5_000, strategy: 'ring-all' }),
  queue('w', { overflow: [{ when: 'maxWait', ms: 20_000, to: { queue: 'v' as never } }] }),
];
const agents = [
  agent('1', ['v', 'w'], { fr: 5 }),
  agent('2', ['v']),
  casual('3', ['w'], { monthlyCap: 2 }),
];

/** Commands with some sense in them, a tenth of their fields replaced by what makes none. */
class Nonsense {
  readonly #random: Random;
  #calls = 0;
  /** The last that were made: most are open still, or over by now. */
  #offers: readonly string[] = ['c1#1'];

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  command(): Command {
    const id = this.#random.chance(0.3) ? ++this.#calls : this.#random.between(0, this.#calls);
    const fields = {
      callId: `c${id}`,
      offerId: this.#one(this.#offers),
      callbackId: `t${id}`,
      agentId: this.#one(['1', '2', '3']),
      queueId: this.#one(['v', 'w']),
      priority: this.#random.between(0, 10),
      requiredSkills: this.#one([{}, { fr: 3 }, { fr: this.#figure(1) }, { ['__proto__']: 1 }]),
      preferredAgentId: this.#one(['1', '2']),
      callerKey: `+346000000${id % 100}`,
      since: this.#figure(START),
      at: this.#figure(START),
      askMs: this.#figure(5_000),
      ringMs: this.#figure(5_000),
      reachable: this.#random.chance(0.8),
      reason: 'comida',
    };
    const spoilt = Object.entries(fields).map(([name, value]) => [name, this.#spoil(value)]);
    const type = this.#one(TYPES);
    const cause = this.#one(CAUSES[type] ?? ['']);
    return { ...Object.fromEntries(spoilt), type, cause } as Command;
  }

  /** A time, mostly a little later than the last. */
  time(now: number): number {
    return this.#random.chance(0.05) ? this.#one(FIGURES) : now + this.#random.between(0, 4_000);
  }

  hear(changes: readonly Change[]): void {
    const made = changes.flatMap((one) => (one.type === 'offer.made' ? [one.offerId] : []));
    this.#offers = [...this.#offers, ...made].slice(-6);
  }

  #spoil(value: unknown): unknown {
    if (!this.#random.chance(0.1)) return value;
    if (typeof value === 'number') return this.#one(FIGURES);
    return typeof value === 'string' ? this.#one(NAMES) : value;
  }

  #figure(sensible: number): number {
    return this.#random.chance(0.5) ? this.#one(FIGURES) : sensible;
  }

  #one<T>(from: readonly T[]): T {
    return from[this.#random.between(0, from.length - 1)] as T;
  }
}

const TYPES: readonly Command['type'][] = [
  'agent.signIn',
  'agent.signOut',
  'agent.ready',
  'agent.ready',
  'agent.notReady',
  'agent.wrapUpDone',
  'agent.reachable',
  'call.enqueue',
  'call.enqueue',
  'call.abandon',
  'offer.pickedUp',
  'offer.answered',
  'offer.answered',
  'offer.failed',
  'call.returned',
  'call.direct',
  'call.held',
  'call.retrieved',
  'call.ended',
  'callback.request',
  'callback.schedule',
  'callback.cancel',
  'callback.reached',
  'callback.failed',
  'tick',
];

const CAUSES: Readonly<Partial<Record<Command['type'], readonly string[]>>> = {
  'offer.failed': ['busy', 'rejected', 'noAnswer', 'unreachable'],
  'call.returned': ['agentLost', 'media'],
  'callback.failed': ['busy', 'noAnswer', 'lost', 'noTrunk'],
};

/** Every figure in it, however deep, is one that can be saved. */
function figuresAreFinite(said: unknown): boolean {
  if (typeof said === 'number') return Number.isFinite(said);
  if (typeof said !== 'object' || said === null) return true;
  return Object.values(said).every(figuresAreFinite);
}

/** One of each kind that carries anything, as they should be. */
const wholeCommands = (offerId: string): readonly object[] => [
  // The shell's affairs go by the engine.
  {
    type: 'configure',
    queues: queues.map(({ recording, arrival, ...queue }) => queue),
    agents,
    zone: 'UTC',
  },
  { type: 'agent.signIn', agentId: '3' },
  { type: 'agent.notReady', agentId: '1', reason: 'comida' },
  { type: 'agent.reachable', agentId: '1', reachable: false },
  {
    type: 'call.enqueue',
    callId: 'b',
    queueId: 'v',
    priority: 5,
    requiredSkills: { fr: 3 },
    preferredAgentId: '1',
    since: START,
    returns: true,
    callerKey: '+34600000003',
  },
  { type: 'call.abandon', callId: 'a', byHouse: true, lineLost: true, since: 0 },
  { type: 'call.prioritise', callId: 'a', priority: 6 },
  { type: 'offer.pickedUp', offerId, askMs: 5_000 },
  { type: 'offer.answered', offerId },
  { type: 'offer.failed', offerId, cause: 'busy' },
  { type: 'call.returned', callId: 'a', cause: 'media' },
  { type: 'call.direct', callId: 'b', queueId: 'v', agentId: '3', ringMs: 5_000 },
  { type: 'callback.request', callbackId: 'u', callId: 'a', callerKey: '+34600000004', at: START },
  {
    type: 'callback.schedule',
    callbackId: 'u',
    queueId: 'v',
    callerKey: '+34600000004',
    at: START,
    priority: 5,
    requiredSkills: {},
  },
  { type: 'callback.cancel', callbackId: 't' },
  { type: 'callback.failed', callbackId: 't', cause: 'busy' },
];

const OTHER_KINDS: readonly unknown[] = [null, 'x', 7, true, [7], { x: 'y' }, { toString: 1 }];

/** The value with each field in turn, however deep, of every other kind. */
function* spoiltFields(value: object): Generator<object> {
  for (const [name, field] of Object.entries(value)) {
    if (name === 'type' || name === 'toString') continue;
    for (const other of OTHER_KINDS) {
      if (kindOf(other) !== kindOf(field)) yield put(value, name, other);
    }
    if (typeof field !== 'object') continue;
    for (const spoilt of spoiltFields(field)) yield put(value, name, spoilt);
  }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

const put = (value: object, name: string, field: unknown): object =>
  Array.isArray(value)
    ? value.map((item, index) => (String(index) === name ? field : item))
    : { ...value, [name]: field };

describe('bad input', () => {
  it('T5 T2 a command of nobody is refused with a code: what was due is done and told, and nothing else', () => {
    const desk = new Desk([queue('v', { wrapUpMs: 0 })], [agent('1', ['v'])]).work('1');
    desk.call('a', 'v');
    const other = Engine.restore(desk.engine.serialize());
    const at = desk.now + 60_000;
    const shout = { type: 'call.shout', callId: 'a' } as unknown as Command;
    const { reply, changes } = desk.engine.apply(at, shout);
    assert.deepEqual(reply, {
      ok: false,
      code: 'COMMAND_UNKNOWN',
      detail: 'There is no command call.shout.',
    });
    assert.deepEqual(changes, other.apply(at, { type: 'tick' }).changes);
    assert.equal(changes[0]?.type, 'offer.withdrawn');
    assert.equal(desk.engine.serialize(), other.serialize());
  });

  it('T1 what is no time counts as the last one', () => {
    const desk = new Desk([...queues], [...agents]);
    const before = desk.engine.serialize();
    for (const now of [null, undefined, '1700000000000', {}, Number.NaN, -1, 1e300]) {
      desk.engine.apply(now as number, { type: 'tick' });
      assert.equal(desk.engine.serialize(), before, String(now));
    }
  });

  it('T5 every field of another kind is refused with a code, and changes nothing', () => {
    const desk = new Desk([...queues], [...agents]).work('1', '2');
    desk.callFrom('+34600000001', 'a', 'v');
    desk.schedule('t', 'v', '+34600000002', desk.now + 60_000);
    const before = desk.engine.serialize();
    const offerId = desk.offerOf('a');
    for (const whole of wholeCommands(offerId)) {
      for (const spoilt of spoiltFields(whole)) {
        const about = JSON.stringify(spoilt);
        const reply = desk.engine.apply(desk.now, spoilt as Command).reply;
        assert.ok(!reply.ok, about);
        assert.equal(desk.engine.serialize(), before, about);
      }
    }
    for (const none of [null, undefined, 7, 'tick', [], {}, { type: null }, { type: {} }]) {
      assert.equal(desk.give(none as unknown as Command), 'COMMAND_UNKNOWN');
    }
    assert.equal(desk.engine.serialize(), before);
  });

  for (const seed of [1, 2]) {
    it(`T1 O2 C6 nonsense is refused or has no effect, and never a wrong state (seed ${seed})`, () => {
      const nonsense = new Nonsense(seed);
      const engine = Engine.create();
      engine.apply(START, { type: 'configure', queues, agents });
      let now = START;
      for (let n = 0; n < COMMANDS; n++) {
        const command = nonsense.command();
        const at = nonsense.time(now);
        const { reply, changes } = engine.apply(at, command);
        nonsense.hear(changes);
        if (Number.isFinite(at) && at > now && at < 1e15) now = at;
        const about = `${n}: ${JSON.stringify(command)} at ${at} → ${JSON.stringify(reply)}`;
        if (n % LOOK_EVERY === 0) assert.deepEqual(engine.brokenInvariants(), [], about);
        assert.ok(figuresAreFinite(changes), `${about}: ${JSON.stringify(changes)}`);
        const next = engine.nextDeadline();
        assert.ok(next === undefined || (next > now && next < now + 1e11), `${about}: due ${next}`);
      }
      const text = engine.serialize();
      assert.equal(Engine.restore(text).serialize(), text);
    });
  }
});
