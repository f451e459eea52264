/**
 * `npm run bench:api`: what operators' reading, their wallboards and the records cost the callers. Under steady live
 * traffic each round measures the calls alone, beside a load, beside it again and alone again, so that what the machine
 * does otherwise meets both alike. A part takes a minute and a half; `routing` is all three loads at once. Prints JSON; CPU
 * is in percent of one core, by who used it.
 *
 * Before all of them the loads run together for ten seconds: what a house does for the first time, it does in code that
 * is not compiled yet. These figures are printed, too (`warmUp`), and are no part of the others.
 *
 *   npm run bench:api -- [--json] [--only reads,events,feed,routing] [--calls 20] [--reads 500] [--events 10000]
 *     [--clients 500] [--changes 200] [--seconds 8] [--rounds 1] [--profile FOLDER]
 *
 * `--profile` writes what the application's thread did under each load as a .cpuprofile, and slows it down.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import { Evidence } from '../../test/support/evidence.ts';
import { writePcmaCapture } from '../../test/support/pcap.ts';
import { freePort, freeRange } from '../../test/support/ports.ts';
import { toneSamples } from '../../test/support/tones.ts';
import { registerAll, sipp } from '../calls/rate.ts';
import { Echo } from '../support/echo.ts';
import { distribution, round } from '../support/percentiles.ts';
import { roleOf, type Side, sides, watchRoles } from '../support/roles.ts';
import { runOnBench } from '../support/run.ts';
import type { TestBench } from '../support/test-bench.ts';
import { type ThreadShare, watchThreads } from '../support/threads.ts';
import { type Routing, RoutingProbe } from './routing.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    calls: { type: 'string', default: '20' },
    reads: { type: 'string', default: '500' },
    events: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '500' },
    changes: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', default: 'reads,events,feed,routing' },
    profile: { type: 'string' },
  },
});
const { events, clients, changes } = values;
const [calls, reads] = [Number(values.calls), Number(values.reads)];
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
const HOST = '127.0.0.1';
const TALK_SECONDS = 2;
const WARM_UP_SECONDS = 10;
/** Between two loads: what one of them left undone is no burden on the next. */
const REST_MS = 1_000;
const LOADS = {
  reads: ['reading'],
  events: ['storing'],
  feed: ['feeding'],
  routing: ['reading', 'storing', 'feeding'],
} as const;
type Load = keyof typeof LOADS;
type Part = (typeof LOADS)[Load][number];
/** In this order: what drifts meets the calls alone as it meets those beside the load. */
const ORDER = ['alone', 'beside', 'beside', 'alone'] as const;
const wanted = values.only.split(',').map(loadOf);

const controlPort = await freePort();
process.env.BENCH_CONTROL_PORT = String(controlPort);
await runOnBench(measure, 'bench/api/house');

async function measure(on: TestBench): Promise<unknown> {
  const phones = await PhoneBox.open(on.system.sip);
  say('making agents');
  const probe = await RoutingProbe.open(on, phones);
  const paths = await somethingToRead(on);
  const traffic = await startTraffic(on, phones);
  const readers = await startReaders();
  const needed = new Set(wanted.flatMap((load) => LOADS[load]));
  if (needed.has('feeding')) await control('/feed', { clients });
  const parts = {
    reading: (duration: number) => readSteadily(readers, on, paths, duration),
    storing: (duration: number) => control('/events', { perSecond: events, seconds: duration }),
    feeding: (duration: number) => control('/feed', { changes, seconds: duration }),
  };
  const start = (names: Iterable<Part>, duration: number) =>
    Promise.all([...names].map(async (part) => [part, await parts[part](duration)]));
  say('warming up');
  const warming = start(needed, WARM_UP_SECONDS);
  await probe.measure(WARM_UP_SECONDS);
  const warmUp = Object.fromEntries(await warming);
  const measureLoad = async (load: Load): Promise<unknown> => {
    const echo = await Echo.start();
    const found = { alone: [] as Measured[], beside: [] as Measured[] };
    for (let index = 1; index <= rounds; index += 1)
      for (const kind of ORDER) {
        say(`${load}, round ${index}: ${kind}`);
        const going = start(kind === 'alone' ? [] : LOADS[load], seconds);
        const measured = await watched(() =>
          profiled(`${load}-${kind}`, () => probe.measure(seconds)),
        );
        found[kind].push({ ...measured, ...Object.fromEntries(await going) });
        await delay(REST_MS);
      }
    const [alone, beside] = [routingOf(found.alone), routingOf(found.beside)];
    const routingMs = { alone, beside, timesAlone: round(beside.p50 / alone.p50) };
    const shown = { alone: found.alone.map(withoutTimes), beside: found.beside.map(withoutTimes) };
    return { routingMs, ...shown, machineEchoMs: echo.finish() };
  };
  const results: Record<string, unknown> = {};
  for (const load of wanted) results[load] = await measureLoad(load);
  readers.kill();
  const failedCalls = await traffic.stop();
  await probe.close();
  await phones.close();
  return {
    switch: on.switchKind,
    node: process.version,
    liveTraffic: { callsPerSecond: calls, failed: failedCalls },
    warmUp,
    ...results,
  };
}

function loadOf(name: string): Load {
  if (Object.hasOwn(LOADS, name)) return name as Load;
  throw new Error(`--only takes ${Object.keys(LOADS).join(', ')}.`);
}

function say(what: string): void {
  process.stderr.write(`${Math.round(performance.now() / 1_000)} s: ${what} …\n`);
}

interface Measured {
  /** From a caller's INVITE to that of an idle agent, in the order of the calls. */
  readonly routing: Routing;
  readonly cpuPercent: Readonly<Record<string, number>>;
  /** What the house costs, the switch, and those who call, read and look: they would be on other machines. */
  readonly of: Readonly<Record<Side, number>>;
  readonly threads: Readonly<Record<string, ThreadShare>>;
  /** The application's own thread, in which calls are routed. */
  readonly loop: unknown;
}

function withoutTimes({ routing: _times, ...rest }: Measured) {
  return rest;
}

function routingOf(measured: readonly Measured[]) {
  return {
    ...distribution(measured.flatMap(({ routing }) => routing.tookMs)),
    failed: measured.reduce((sum, { routing }) => sum + routing.failed, 0),
  };
}

async function watched(measure: () => Promise<Routing>): Promise<Measured> {
  await control('/loop');
  const used = watchRoles();
  const usedByThreads = watchThreads(roleOf);
  const routing = await measure();
  const threads = usedByThreads();
  const cpuPercent = used();
  return { routing, cpuPercent, of: sides(cpuPercent), threads, loop: await control('/loop') };
}

async function profiled<T>(name: string, measure: () => Promise<T>): Promise<T> {
  if (values.profile === undefined) return measure();
  await control('/profile', { file: '' });
  const measured = await measure();
  await control('/profile', { file: resolve(values.profile, `${name}.cpuprofile`) });
  return measured;
}

/** Asks the house of this bench. */
async function control(
  path: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<unknown> {
  const texts = Object.entries(query).map(([name, value]) => [name, String(value)] as const);
  const answer = await fetch(
    `http://${HOST}:${controlPort}${path}?${new URLSearchParams(Object.fromEntries(texts))}`,
  );
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** What consoles, wallboards and scripts ask for: lists, one object, live calls, the last records. */
async function somethingToRead({ company: { api } }: TestBench): Promise<readonly string[]> {
  const queues = await api.get<{ items: { id: string }[] }>('/v1/queues?limit=1');
  const agents = await api.get<{ items: { id: string }[] }>('/v1/agents?limit=1');
  return [
    '/v1/queues?limit=50',
    '/v1/agents?limit=50',
    '/v1/calls?limit=50',
    `/v1/queues/${queues.items[0]?.id}`,
    `/v1/agents/${agents.items[0]?.id}`,
    '/v1/cdrs?limit=20',
  ];
}

/** Full calls with RTP both ways at a steady rate, from SIPp to SIPp, for as long as everything else takes. */
async function startTraffic(on: TestBench, phones: PhoneBox) {
  const evidence = new Evidence('bench-api');
  const line = await on.company.line();
  const agentPort = await freePort();
  const people = await registerAll(on, phones, line, calls * TALK_SECONDS * 1.5, agentPort);
  writePcmaCapture(evidence.file('caller.pcap'), toneSamples(1_130, TALK_SECONDS + 1));
  const common = ['-i', HOST, '-mi', HOST, '-nostdin'];
  const agents = sipp(evidence, 'agent', [
    ...[`${HOST}:9`, '-p', String(agentPort), '-mp', String(await freeRange(4)), '-rtp_echo'],
    ...common,
  ]);
  const { host, port } = on.system.sip;
  const callers = sipp(evidence, 'caller', [
    ...[`${host}:${port}`, '-s', line.dnis, '-p', String(await freePort())],
    ...['-mp', String(await freeRange(4)), '-r', String(calls), '-l', '5000', ...common],
  ]);
  return {
    /** How many of the calls came to nothing. */
    async stop(): Promise<number> {
      for (const program of [callers, agents]) {
        program.signal('SIGKILL');
        await program.exited;
      }
      const { items } = await on.company.api.get<{ items: object[] }>(
        `/v1/cdrs?limit=500&dnis=${line.dnis}&outcome=failed`,
      );
      for (const { id } of people) await on.company.api.post(`/v1/agents/${id}/sign-out`);
      evidence.close();
      return items.length;
    },
  };
}

/** A process that is there before anything is measured: to start one costs as much as a second of reading. */
async function startReaders(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./reads.ts', import.meta.url));
  const child = fork(script, [], { execArgv: ['--import', 'tsx'] });
  await once(child, 'message');
  return child;
}

async function readSteadily(
  readers: ChildProcess,
  { company }: TestBench,
  paths: readonly string[],
  duration: number,
): Promise<unknown> {
  const { base, key } = company.api;
  readers.send({ base, key, paths, perSecond: reads, seconds: duration });
  const [result] = (await once(readers, 'message')) as [unknown];
  return result;
}
