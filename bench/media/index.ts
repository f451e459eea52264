/**
 * `npm run bench:media`: a hundred bridged calls at once (packets lost, spacing as the phones send and as the switch
 * sends, what the switch adds), and what a waiting and a bridged call cost in memory and CPU, application and switch
 * apart. The phones' sound is in a process of its own; what is judged is the kernel's time stamps (tcpdump). Prints JSON.
 *
 *   npm run bench:media -- [--calls N] [--seconds N]
 */

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PhoneBox, type Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { eventually } from '../../test/support/eventually.ts';
import { readyAgents } from '../support/agents.ts';
import { besideEcho } from '../support/echo.ts';
import { round } from '../support/percentiles.ts';
import { watchCpu } from '../support/processes.ts';
import { runOnBench } from '../support/run.ts';
import { heldKb, type TestBench } from '../support/test-bench.ts';
import { Voices } from './voices.ts';

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

await runOnBench(measure);

async function measure(on: TestBench): Promise<unknown> {
  const phones = await PhoneBox.open(on.system.sip);
  const line = await on.company.line();
  const voices = await Voices.open(2 * calls);
  const idle = await heldKb(on);
  const callers: PhoneCall[] = [];
  for (let index = 0; index < calls; index++) {
    const ani = String(5_556_000_000 + index);
    callers.push(await voices.use((ears) => phones.dial(line.dnis, { ani, ...ears })));
    await delay(DIAL_EVERY_MS);
  }
  await on.company.waiting(line, calls);
  await delay(SETTLE_MS);
  const waiting = await heldKb(on);
  const waitingCpu = await cpuPerCallSecond(on);
  const answered: Promise<PhoneCall | undefined>[] = [];
  const answer = (ringing: Ringing) => voices.use((ears) => ringing.answer(ears));
  await readyAgents(on, phones, line, calls, (ringing) => void answered.push(answer(ringing)));
  await eventually('all to be bridged', () => answered.length === calls, 60_000);
  await Promise.all(answered);
  await delay(SETTLE_MS);
  const bridged = await heldKb(on);
  const audio = await besideEcho(() => voices.talkers.measure(() => delay(seconds * 1000)));
  const bridgedCpu = await cpuPerCallSecond(on);
  for (const call of callers) call.hangUp();
  await delay(SETTLE_MS);
  await phones.close();
  await voices.talkers.close();
  return {
    switch: on.switchKind,
    calls,
    bridged: { expected: 2 * calls * seconds * 50, ...audio },
    memoryKb: {
      idle,
      perWaitingCall: difference(idle, waiting),
      perBridgedCall: difference(idle, bridged),
    },
    cpuMsPerCallAndSecond: { waiting: waitingCpu, bridged: bridgedCpu },
  };
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
