/**
 * `npm run bench:api`: what operators' reading and the records cost the callers. Under steady live traffic, rounds without
 * and with the load alternate, so that what the machine does beside it meets both. Prints JSON.
 *
 *   npm run bench:api -- [--json] [--calls 20] [--reads 500] [--events 10000] [--seconds 12] [--rounds 2]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import { Evidence } from '../../test/support/evidence.ts';
import { writePcmaCapture } from '../../test/support/pcap.ts';
import { freePort, freeRange } from '../../test/support/ports.ts';
import { toneSamples } from '../../test/support/tones.ts';
import { registerAll, sipp } from '../calls/rate.ts';
import { Echo } from '../support/echo.ts';
import { round } from '../support/percentiles.ts';
import { watchCpu } from '../support/processes.ts';
import { openTestBench, type TestBench } from '../support/test-bench.ts';
import { RoutingProbe } from './routing.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    calls: { type: 'string', default: '20' },
    reads: { type: 'string', default: '500' },
    events: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '2' },
  },
});
const [calls, reads, events, seconds, rounds] = [
  Number(values.calls),
  Number(values.reads),
  Number(values.events),
  Number(values.seconds),
  Number(values.rounds),
];
const HOST = '127.0.0.1';
const TALK_SECONDS = 2;
const WARM_UP_SECONDS = 8;

const controlPort = await freePort();
Object.assign(process.env, {
  SYSTEM_MAIN: 'bench/api/house.ts',
  BENCH_CONTROL_PORT: String(controlPort),
});
const bench = await openTestBench();
try {
  process.stdout.write(`${JSON.stringify(await measure(bench), undefined, 2)}\n`);
} finally {
  await bench.close();
}
process.exit();

async function measure(on: TestBench): Promise<unknown> {
  const phones = await PhoneBox.open(on.system.sip);
  const probe = await RoutingProbe.open(on, phones);
  const paths = await somethingToRead(on);
  const traffic = await startTraffic(on, phones);
  say('warming up');
  await probe.measure(WARM_UP_SECONDS);
  const echo = await Echo.start();
  const results = [];
  for (let index = 0; index < rounds; index += 1) {
    say(`round ${index + 1}: calls alone`);
    const alone = await watched(on, () => probe.measure(seconds));
    say(`round ${index + 1}: with ${reads} reads/s and ${events} events/s`);
    const loaded = await watched(on, () =>
      Promise.all([probe.measure(seconds), readSteadily(on, paths), floodEvents()]),
    );
    const [routing, reading, storing] = loaded.result;
    results.push({
      alone: { routingMs: alone.result, cpuPercent: alone.cpuPercent },
      loaded: { routingMs: routing, reading, storing, cpuPercent: loaded.cpuPercent },
      routingMedianRatio: round(routing.p50 / alone.result.p50),
    });
  }
  const failedCalls = await traffic.stop();
  const machineEchoMs = echo.finish();
  await probe.close();
  await phones.close();
  return {
    switch: on.switchKind,
    node: process.version,
    liveTraffic: { callsPerSecond: calls, failed: failedCalls },
    rounds: results,
    machineEchoMs,
  };
}

function say(what: string): void {
  process.stderr.write(`${what} …\n`);
}

/** Beside the result, how busy each process was: 100 is one core. */
async function watched<Result>(on: TestBench, work: () => Promise<Result>) {
  const used = watchCpu(on.processes);
  const began = performance.now();
  const result = await work();
  const tookMs = performance.now() - began;
  const cpuPercent = Object.fromEntries(
    Object.entries(used()).map(([name, ms]) => [name, Math.round((ms / tookMs) * 100)]),
  );
  return { result, cpuPercent };
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
  const people = await registerAll(on, phones, line, calls * TALK_SECONDS * 2, agentPort);
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
      const { items } = await on.company.api.get<{ items: { outcome: string }[] }>(
        `/v1/cdrs?limit=500&dnis=${line.dnis}`,
      );
      for (const { id } of people) await on.company.api.post(`/v1/agents/${id}/sign-out`);
      evidence.close();
      return items.filter(({ outcome }) => outcome === 'failed').length;
    },
  };
}

async function readSteadily(on: TestBench, paths: readonly string[]): Promise<unknown> {
  const child = fork(fileURLToPath(new URL('./reads.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
  });
  const { base, key } = on.company.api;
  child.send({ base, key, paths, perSecond: reads, seconds });
  const [result] = (await once(child, 'message')) as [unknown];
  child.kill();
  return result;
}

async function floodEvents(): Promise<unknown> {
  const query = new URLSearchParams({ perSecond: values.events, seconds: values.seconds });
  return (await fetch(`http://${HOST}:${controlPort}/events?${query}`)).json();
}
