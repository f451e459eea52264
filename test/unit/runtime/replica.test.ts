import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from '../../../src/acd/commands.ts';
import { Engine } from '../../../src/acd/engine.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { Random } from '../../../src/lib/random.ts';
import { type AgentId, agentId, type CallId, callId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue.ts';
import type { CallSession } from '../../../src/runtime/call-session.ts';
import { Live } from '../../../src/runtime/live.ts';
import type { LiveChange, Snapshot } from '../../../src/runtime/ports/index.ts';
import type { ReplicaNews } from '../../../src/runtime/replica/news.ts';
import { Replica } from '../../../src/runtime/replica/replica.ts';
import { ReplicaTeller } from '../../../src/runtime/replica/teller.ts';

const ventas = queueId('ventas');
const SEEDS = 6;
const COMMANDS = 150;

/** A floor, what it tells, and a replica of it that hears that as another thread would: copied, and in its order. */
function openFloor(clock: ManualClock) {
  const engine = Engine.create();
  const sessions = new Map<CallId, CallSession>();
  const live = new Live({
    engine,
    sessions,
    clock,
    zone: 'UTC',
    directory: () => undefined,
    phoneOf: () => undefined,
  });
  const submit = (command: Command): void => {
    const { changes } = engine.apply(clock.now(), command);
    live.changes(changes);
  };
  const agents = Array.from({ length: 6 }, (_, n) => ({
    id: agentId(`a${n}`),
    name: `A${n}`,
    extension: String(1_000 + n),
    skills: {},
    queueIds: [ventas],
  }));
  const queues = [{ ...QUEUE_DEFAULTS, id: ventas, name: 'Ventas' }];
  submit({ type: 'configure', queues, agents });
  for (const { id } of agents) submit({ type: 'agent.reachable', agentId: id, reachable: true });
  const told: ReplicaNews[] = [];
  const replica = new Replica(structuredClone(ReplicaTeller.whole(live)), clock);
  const teller = new ReplicaTeller(live, clock, (news) => {
    told.push(news);
    if (news.kind !== 'forget') replica.take(structuredClone(news));
  });
  return { engine, live, sessions, submit, agents, replica, teller, told };
}

type Floor = ReturnType<typeof openFloor>;

function enqueue({ live, sessions, submit }: Floor, id: CallId, at: number): void {
  const session = {
    id,
    stage: 'queued',
    arrivedAt: at,
    context: { dnis: '800', variables: {} },
    queueId: ventas,
    queuedAt: at,
    rings: new Map(),
    supervisions: [],
  } as unknown as CallSession;
  sessions.set(id, session);
  submit({
    type: 'call.enqueue',
    callId: id,
    queueId: ventas,
    priority: 5,
    requiredSkills: {},
  });
  live.call(session);
}

function leave({ live, sessions, submit }: Floor, id: CallId): void {
  const session = sessions.get(id);
  submit({ type: 'call.abandon', callId: id });
  sessions.delete(id);
  if (session) live.call({ ...session, stage: 'ended' } as CallSession);
}

function step(floor: Floor, random: Random, clock: ManualClock, n: number): void {
  const agent = floor.agents[random.between(0, 5)]?.id as AgentId;
  const calls = [...floor.sessions.keys()];
  switch (random.between(0, 5)) {
    case 0:
      return floor.submit({ type: 'agent.signIn', agentId: agent });
    case 1:
      return floor.submit({ type: 'agent.ready', agentId: agent });
    case 2:
      return floor.submit({ type: 'agent.notReady', agentId: agent, reason: 'pausa' });
    case 3:
    case 4:
      return enqueue(floor, callId(`c${n}`), clock.now());
    default:
      if (calls.length > 0) leave(floor, calls[random.between(0, calls.length - 1)] as CallId);
  }
}

/** Without what moves by itself, and what the first ten alone are told of at once. */
const told = ({ agents, queues, calls, seq }: Snapshot) => ({
  seq,
  agents: byId(agents),
  queues: byId(queues).map(
    ({ ewt: _ewt, serviceLevel: _level, ewtAccuracy: _good, ...rest }) => rest,
  ),
  calls: byId(calls).map(({ position: _place, ...rest }) => rest),
});
const whole = (snapshot: Snapshot) => ({
  ...snapshot,
  agents: byId(snapshot.agents),
  calls: byId(snapshot.calls),
});
const byId = <T extends { readonly id: string }>(things: readonly T[]): readonly T[] =>
  [...things].sort((a, b) => (a.id < b.id ? -1 : 1));

test('a replica shows what the floor shows at the end of every turn, and all of it after two seconds', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const [clock, random] = [new ManualClock(), new Random(seed)];
    const floor = openFloor(clock);
    const heard: LiveChange[] = [];
    floor.replica.subscribe((change) => heard.push(change));
    for (let n = 0; n < COMMANDS; n += 1) {
      step(floor, random, clock, n);
      await Promise.resolve();
      assert.deepEqual(told(floor.replica.snapshot()), told(floor.live.snapshot()), `seed ${seed}`);
      clock.advance(random.between(0, 300));
      floor.submit({ type: 'tick' });
    }
    await Promise.resolve();
    clock.advance(2_000);
    await Promise.resolve();
    clock.advance(2_000);
    assert.deepEqual(whole(floor.replica.snapshot()), whole(floor.live.snapshot()), `seed ${seed}`);
    assert.deepEqual(floor.replica.statistics(), floor.live.statistics(), `seed ${seed}`);
    const first = heard[0]?.seq ?? 0;
    assert.deepEqual(
      heard.map(({ seq }) => seq),
      heard.map((_, index) => first + index),
    );
    floor.teller.close();
    floor.live.stop();
  }
});

test('who waits is shown at the right place at once, for the first ten', async () => {
  const clock = new ManualClock();
  const floor = openFloor(clock);
  for (let n = 0; n < 12; n += 1) enqueue(floor, callId(`c${n}`), clock.now());
  leave(floor, callId('c0'));
  await Promise.resolve();
  const places = floor.replica.snapshot().calls.map(({ id, position }) => [id, position]);
  assert.deepEqual(places.slice(0, 3), [
    ['c1', 1],
    ['c2', 2],
    ['c3', 3],
  ]);
  floor.teller.close();
  floor.live.stop();
});

test('a turn is one message, and nothing is told where nothing changed', async () => {
  const clock = new ManualClock();
  const floor = openFloor(clock);
  for (const { id } of floor.agents) floor.submit({ type: 'agent.signIn', agentId: id });
  assert.equal(floor.told.length, 0);
  await Promise.resolve();
  assert.equal(floor.told.length, 1);
  await Promise.resolve();
  assert.equal(floor.told.length, 1);
  floor.teller.close();
  clock.advance(10_000);
  assert.equal(floor.told.length, 1, 'a closed teller says nothing more');
  floor.live.stop();
});
