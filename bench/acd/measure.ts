import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Change } from '../../src/acd/changes.ts';
import type { Command } from '../../src/acd/commands.ts';
import { type Applied, Engine } from '../../src/acd/engine.ts';
import { agentId } from '../../src/model/ids.ts';
import { BareRouter } from './bare.ts';
import type { Load } from './company.ts';
import { Driver, KINDS, type Kind } from './driver.ts';
import { NaiveRouter } from './naive.ts';

const ROUND_CALLS = 200;
const NAIVE_DECISIONS = 40;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Speed {
  readonly nanosecondsPerCommand: number;
  readonly nanosecondsPerDecision: number;
  readonly byKind: Readonly<Record<Kind, number>>;
}

interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
}

export type Measured = ReturnType<typeof measure>;

/** Of short repetitions on a machine that others use too, the best says what the engine costs. */
export function measure(load: Load, commands: number, repetitions: number) {
  const driver = new Driver(load);
  const bytesPerWaitingCall = growthPerCall(load, () => driver.fill());
  driver.openPhones();
  speedOf(driver, commands);
  const speeds = repeat(repetitions, () => speedOf(driver, commands));
  const latencies = repeat(repetitions, () => latencyOf(driver, commands));
  const decision = speeds.map(({ nanosecondsPerDecision }) => nanosecondsPerDecision);
  const command = speeds.map(({ nanosecondsPerCommand }) => nanosecondsPerCommand);
  const naive = naiveNanoseconds(load);
  const bare = least(repeat(repetitions, () => bareNanoseconds(load, commands)));
  const best = speeds.find(({ nanosecondsPerCommand }) => nanosecondsPerCommand === least(command));
  const [serializeMs, text] = timed(() => driver.engine.serialize());
  const [restoreMs] = timed(() => Engine.restore(text));
  return {
    ...load,
    decisionsPerSecond: perSecond(least(decision)),
    decisionsPerSecondMedian: perSecond(median(decision)),
    commandsPerSecond: perSecond(least(command)),
    commandsPerSecondMedian: perSecond(median(command)),
    nanoseconds: best?.byKind,
    latency: latencyAt(latencies, least),
    latencyMedian: latencyAt(latencies, median),
    naiveDecisionsPerSecond: perSecond(naive),
    timesFasterThanNaive: Math.round(naive / (best?.byKind.free ?? 1)),
    bareDecisionsPerSecond: perSecond(bare),
    timesTheBare: Math.round((least(decision) / bare) * 10) / 10,
    bytesPerWaitingCall,
    serializeMs,
    restoreMs,
  };
}

/** In time of the processor, garbage collection included: what others do on the machine meanwhile is not the engine's. */
function speedOf(driver: Driver, commands: number): Speed {
  const nanoseconds: Record<Kind, number> = { answered: 0, ended: 0, arrived: 0, free: 0 };
  let calls = 0;
  while (calls * KINDS.length < commands) {
    calls += driver.round(ROUND_CALLS, (kind, batch) => {
      const results: Applied[] = new Array(batch.length);
      const start = process.cpuUsage();
      for (let n = 0; n < batch.length; n++) results[n] = driver.apply(batch[n] as Command);
      nanoseconds[kind] += nanosecondsSince(start);
      for (const { changes } of results) driver.learn(changes);
    });
  }
  const of = (kind: Kind) => Math.round(nanoseconds[kind] / calls);
  const byKind = {
    answered: of('answered'),
    ended: of('ended'),
    arrived: of('arrived'),
    free: of('free'),
  };
  return {
    nanosecondsPerCommand: (byKind.answered + byKind.ended + byKind.arrived + byKind.free) / 4,
    nanosecondsPerDecision: (byKind.arrived + byKind.free) / 2,
    byKind,
  };
}

/** Each command by itself, on the clock on the wall: with what looking at it costs, and with what others do meanwhile. */
function latencyOf(driver: Driver, commands: number): Latency {
  const durations: number[] = [];
  while (durations.length < commands) {
    driver.round(ROUND_CALLS, (_, batch) => {
      for (const command of batch) {
        const start = process.hrtime.bigint();
        const { changes } = driver.apply(command);
        durations.push(Number(process.hrtime.bigint() - start));
        driver.learn(changes);
      }
    });
  }
  const sorted = Float64Array.from(durations).sort();
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) / 10);
  return { p50Us: at(0.5) / 100, p99Us: at(0.99) / 100, p999Us: at(0.999) / 100 };
}

const latencyAt = (latencies: readonly Latency[], pick: (values: readonly number[]) => number) => ({
  p50Us: pick(latencies.map(({ p50Us }) => p50Us)),
  p99Us: pick(latencies.map(({ p99Us }) => p99Us)),
  p999Us: pick(latencies.map(({ p999Us }) => p999Us)),
});

function naiveNanoseconds(load: Load): number {
  const router = new NaiveRouter(load);
  const decide = (n: number): void => {
    router.decide(agentId(`agent-${n % load.agents}`));
    router.arrive(load.waiting + n);
  };
  for (let n = 0; n < NAIVE_DECISIONS; n++) decide(n);
  const start = process.cpuUsage();
  for (let n = 0; n < NAIVE_DECISIONS; n++) decide(n);
  return nanosecondsSince(start) / NAIVE_DECISIONS;
}

/** A decision by nothing but look-ups and objects: as many arrivals and free agents as of the engine, and as they are timed. */
function bareNanoseconds(load: Load, commands: number): number {
  const router = new BareRouter(load);
  let [nanoseconds, decisions] = [0, 0];
  while (decisions * 2 < commands) {
    const { arrivals, agents } = router.round(decisions, ROUND_CALLS);
    const said: (readonly Change[])[] = [];
    const start = process.cpuUsage();
    for (const command of arrivals) said.push(router.arrive(command));
    for (const id of agents) said.push(router.free(id));
    nanoseconds += nanosecondsSince(start);
    decisions += said.length;
    router.forget(agents.length);
  }
  return nanoseconds / decisions;
}

/** Of the processor. */
function nanosecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1_000;
}

/** With the call's own id, and whatever the engine indexes it by. */
function growthPerCall({ waiting }: Load, deed: () => void): number {
  const before = heapBytes();
  deed();
  return Math.round((heapBytes() - before) / waiting);
}

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function timed<T>(deed: () => T): [number, T] {
  const start = performance.now();
  const value = deed();
  return [Math.round(performance.now() - start), value];
}

const repeat = <T>(times: number, deed: () => T): readonly T[] =>
  Array.from({ length: times }, deed);
const perSecond = (nanoseconds: number): number => Math.round(1e9 / nanoseconds);
const least = (values: readonly number[]): number => Math.min(...values);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
