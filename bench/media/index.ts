/**
 * `npm run bench:media`: a hundred bridged calls at once (packets lost, spacing), and what a waiting and a bridged
 * call cost in memory and CPU, application and switch apart. Prints JSON.
 *
 *   npm run bench:media -- [--calls N] [--seconds N]
 */

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PhoneBox, type Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { eventually } from '../../test/support/eventually.ts';
import { readyAgents } from '../support/agents.ts';
import { type Distribution, distribution, round } from '../support/percentiles.ts';
import { residentKb, watchCpu } from '../support/processes.ts';
import { runOnBench } from '../support/run.ts';
import type { TestBench } from '../support/test-bench.ts';
import { Capture } from './capture.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);
const DIAL_EVERY_MS = 60;
const SETTLE_MS = 3_000;
const CALLER_TONE_HZ = 1_130;
const AGENT_TONE_HZ = 1_730;

await runOnBench(measure);

async function measure(on: TestBench): Promise<unknown> {
  const phones = await PhoneBox.open(on.system.sip);
  const line = await on.company.line();
  const atAgents: PhoneCall[] = [];
  const idle = memory(on);
  const callers: PhoneCall[] = [];
  for (let index = 0; index < calls; index++) {
    const call = await phones.dial(line.dnis, { ani: '5555559000', listenFor: [AGENT_TONE_HZ] });
    call.rtp.play(CALLER_TONE_HZ);
    callers.push(call);
    await delay(DIAL_EVERY_MS);
  }
  await on.company.waiting(line, calls);
  await delay(SETTLE_MS);
  const waiting = memory(on);
  const waitingCpu = await cpuPerCallSecond(on);
  await readyAgents(on, phones, line, calls, (ringing) => void answer(ringing, atAgents));
  await eventually('all to be bridged', () => atAgents.length === calls, 60_000);
  await eventually(
    'every caller to hear an agent',
    () => callers.every((call) => call.rtp.heard.find(AGENT_TONE_HZ, 100)),
    60_000,
  );
  await delay(SETTLE_MS);
  const bridged = memory(on);
  const audio = await measureAudio([...callers, ...atAgents]);
  const bridgedCpu = await cpuPerCallSecond(on);
  for (const call of callers) call.hangUp();
  await delay(SETTLE_MS);
  await phones.close();
  return {
    switch: on.switchKind,
    calls,
    bridged: audio,
    memoryKb: {
      idle,
      perWaitingCall: difference(idle, waiting),
      perBridgedCall: difference(idle, bridged),
    },
    cpuMsPerCallAndSecond: { waiting: waitingCpu, bridged: bridgedCpu },
  };
}

async function answer(ringing: Ringing, answered: PhoneCall[]): Promise<void> {
  const call = await ringing.answer();
  if (!call) return;
  call.rtp.play(AGENT_TONE_HZ);
  answered.push(call);
}

interface Audio {
  readonly streams: number;
  readonly packets: number;
  readonly expected: number;
  readonly lost: number;
  readonly spacingMs: Distribution & { readonly p1: number };
  readonly measuredBy: string;
}

/** What arrives at both ends of all calls for a while: by the kernel's clock where that can be had. */
async function measureAudio(ends: readonly PhoneCall[]): Promise<Audio> {
  const ports = new Set(ends.map((call) => call.rtp.port));
  const capture = await Capture.start();
  const before = new Map(ends.map((call) => [call, { ...call.rtp.statistics }]));
  const spacingsFrom = new Map(ends.map((call) => [call, call.rtp.statistics.spacingsMs.length]));
  await delay(seconds * 1000);
  if (capture) {
    const streams = [...(await capture.finish(ports)).values()];
    const spacings = streams.flatMap(({ spacingsMs }) => spacingsMs);
    const sum = (of: 'packets' | 'lost') => streams.reduce((total, one) => total + one[of], 0);
    return audio(streams.length, sum('packets'), sum('lost'), spacings, 'dumpcap');
  }
  const difference = (of: 'packets' | 'lost') =>
    ends.reduce((sum, call) => sum + call.rtp.statistics[of] - (before.get(call)?.[of] ?? 0), 0);
  const spacings = ends.flatMap((call) =>
    call.rtp.statistics.spacingsMs.slice(spacingsFrom.get(call)),
  );
  return audio(ends.length, difference('packets'), difference('lost'), spacings, 'the phones');
}

function audio(
  streams: number,
  packets: number,
  lost: number,
  spacings: readonly number[],
  measuredBy: string,
): Audio {
  const sorted = [...spacings].sort((a, b) => a - b);
  const p1 = round(sorted[Math.floor(sorted.length / 100)] ?? 0);
  const expected = streams * seconds * 50;
  return {
    streams,
    packets,
    expected,
    lost,
    spacingMs: { p1, ...distribution(spacings) },
    measuredBy,
  };
}

function memory(on: TestBench): Record<string, number> {
  return Object.fromEntries([...on.processes].map(([name, pid]) => [name, residentKb(pid) ?? 0]));
}

function difference(
  before: Record<string, number>,
  after: Record<string, number>,
): Record<string, number> {
  const each = Object.entries(after).map(([name, kb]) => [
    name,
    round((kb - (before[name] ?? 0)) / calls),
  ]);
  return Object.fromEntries(each) as Record<string, number>;
}

async function cpuPerCallSecond(on: TestBench): Promise<Record<string, number>> {
  const used = watchCpu(on.processes);
  await delay(5_000);
  const each = Object.entries(used()).map(([name, ms]) => [name, round(ms / calls / 5)]);
  return Object.fromEntries(each) as Record<string, number>;
}
