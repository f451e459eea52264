/**
 * How fast the engine decides: 1,000 agents, 10 to 100,000 callers waiting, 50 skills. Prints JSON.
 * A decision is one command through `apply`: answer, end, after-call work done (which brings the next offer),
 * and a new caller, so that the line keeps its length.
 *
 *     node --import tsx bench/acd/index.ts [--commands 200000]
 */
import { parseArgs } from 'node:util';
import type { Command } from '../../src/acd/commands.ts';
import { Engine } from '../../src/acd/engine.ts';
import { agentId, callId, queueId } from '../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue.ts';

const SKILLS = 50;
const QUEUES = 20;

interface Load {
  readonly waiting: number;
  readonly agents: number;
  readonly commands: number;
}

const queueName = (n: number) => queueId(`queue-${n % QUEUES}`);

/** Every agent serves three queues and holds a fifth of the skills. */
const configuration = (agents: number): Command => ({
  type: 'configure',
  queues: Array.from({ length: QUEUES }, (_, n) => ({
    ...QUEUE_DEFAULTS,
    id: queueName(n),
    name: `Queue ${n}`,
    lengthMax: 1_000_000,
    // The bench answers every offer, but with thousands of phones not at once.
    ringTimeoutMs: 600_000,
    waitMsMax: 86_400_000,
  })),
  agents: Array.from({ length: agents }, (_, n) => ({
    id: agentId(`agent-${n}`),
    name: `Agent ${n}`,
    extension: String(n),
    skills: Object.fromEntries(
      Array.from({ length: SKILLS / 5 }, (_, s) => [`skill-${(n + s * 5) % SKILLS}`, 5]),
    ),
    queueIds: [...new Set([queueName(n), queueName(n + 7), queueName(n + 13)])],
  })),
});

/** Every tenth caller asks for a skill besides. */
const arrival = (n: number): Command => ({
  type: 'call.enqueue',
  callId: callId(`call-${n}`),
  queueId: queueName(n * 7),
  priority: n % 9 === 0 ? 8 : 5,
  requiredSkills: n % 10 === 0 ? { [`skill-${n % SKILLS}`]: 3 } : {},
});

/** Drives the engine and keeps every duration in nanoseconds. */
class Bench {
  readonly engine = Engine.create();
  readonly durations: number[] = [];
  now = 1_700_000_000_000;
  arrivals = 0;
  /** The ids and demands that the bench itself made included. Run with --expose-gc for a true figure. */
  readonly bytesPerWaitingCall: number;
  #measuring = false;
  readonly #ringing: Command[] = [];
  /** Who talks to whom once the offer is answered. */
  readonly #ends = new Map<string, readonly [string, string]>();

  constructor({ waiting, agents }: Load) {
    this.give(configuration(agents));
    const before = heapBytes();
    for (let n = 0; n < waiting; n++) this.give(arrival(++this.arrivals));
    this.bytesPerWaitingCall = Math.round((heapBytes() - before) / waiting);
    for (let n = 0; n < agents; n++) this.#work(n);
  }

  measure(commands: number): number {
    this.#measuring = true;
    const start = process.hrtime.bigint();
    while (this.durations.length < commands) this.#serveOne();
    return Number(process.hrtime.bigint() - start);
  }

  give(command: Command): void {
    const start = this.#measuring ? process.hrtime.bigint() : 0n;
    const { changes } = this.engine.apply(++this.now, command);
    if (this.#measuring) this.durations.push(Number(process.hrtime.bigint() - start));
    for (const change of changes) {
      if (change.type !== 'offer.made') continue;
      this.#ringing.push({ type: 'offer.answered', offerId: change.offerId });
      this.#ends.set(change.offerId, [change.callId, change.agentId]);
    }
  }

  #serveOne(): void {
    const answer = this.#ringing.shift();
    if (answer?.type !== 'offer.answered') throw new Error('Nobody rings.');
    const [call, agent] = this.#ends.get(answer.offerId) ?? ['', ''];
    this.#ends.delete(answer.offerId);
    this.give(answer);
    this.give({ type: 'call.ended', callId: callId(call) });
    this.give(arrival(++this.arrivals));
    this.give({ type: 'agent.wrapUpDone', agentId: agentId(agent) });
  }

  #work(n: number): void {
    const id = agentId(`agent-${n}`);
    this.give({ type: 'agent.signIn', agentId: id });
    this.give({ type: 'agent.reachable', agentId: id, reachable: true });
    this.give({ type: 'agent.ready', agentId: id });
  }
}

function run(load: Load) {
  const bench = new Bench(load);
  bench.measure(load.commands / 10);
  bench.durations.length = 0;
  const nanoseconds = bench.measure(load.commands);
  const sorted = Float64Array.from(bench.durations).sort();
  const microseconds = (share: number) =>
    Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) / 10) / 100;
  const [savedMs, text] = timed(() => bench.engine.serialize());
  const [restoredMs] = timed(() => Engine.restore(text));
  return {
    ...load,
    commandsPerSecond: Math.round((load.commands / nanoseconds) * 1e9),
    p50Us: microseconds(0.5),
    p99Us: microseconds(0.99),
    p999Us: microseconds(0.999),
    bytesPerWaitingCall: bench.bytesPerWaitingCall,
    serializeMs: savedMs,
    restoreMs: restoredMs,
  };
}

function timed<T>(deed: () => T): [number, T] {
  const start = performance.now();
  const value = deed();
  return [Math.round(performance.now() - start), value];
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const { values } = parseArgs({
  options: { commands: { type: 'string', default: '200000' }, json: { type: 'boolean' } },
});
const commands = Number(values.commands);
const loads: readonly Load[] = [
  { waiting: 10, agents: 1_000, commands },
  { waiting: 10_000, agents: 1_000, commands },
  { waiting: 100_000, agents: 10_000, commands },
];
process.stdout.write(
  `${JSON.stringify({ bench: 'acd', node: process.version, runs: loads.map(run) }, null, 2)}\n`,
);
