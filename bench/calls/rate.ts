import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PhoneBox } from '../../demo/phone/phone-box.ts';
import type { Line, Person } from '../../test/support/company.ts';
import { eventually, within } from '../../test/support/eventually.ts';
import { Evidence } from '../../test/support/evidence.ts';
import { writePcmaCapture } from '../../test/support/pcap.ts';
import { freePort, freeRange } from '../../test/support/ports.ts';
import { Program } from '../../test/support/program.ts';
import { toneSamples } from '../../test/support/tones.ts';
import { round } from '../support/percentiles.ts';
import { watchCpu } from '../support/processes.ts';
import type { TestBench } from '../support/test-bench.ts';

export interface RateStep {
  readonly callsPerSecond: number;
  readonly calls: number;
  readonly clean: boolean;
  readonly why?: string;
  /** Calls of our own phone among them, one a second, each of which heard itself echoed by its agent. */
  readonly probes: number;
  /** CPU milliseconds of each process for each call. */
  readonly cpuMsPerCall: Readonly<Record<string, number>>;
}

export interface RateOptions {
  readonly from: number;
  readonly to: number;
  readonly by: number;
  readonly seconds: number;
}

const HOST = '127.0.0.1';
const TALK_SECONDS = 2;
const SCENARIOS = fileURLToPath(new URL('./scenarios/', import.meta.url));
const REST_MS = 2_000;
/** Agents that are made at the same time. */
const AT_ONCE = 4;
const PROBE_TONE_HZ = 1_130;
const PROBE_HEARD_MS = 200;
const PROBE_LIMIT_MS = 15_000;

/** Full calls with RTP both ways from SIPp to SIPp, faster from step to step until one of them fails. */
export async function measureRate(
  bench: TestBench,
  phones: PhoneBox,
  options: RateOptions,
): Promise<readonly RateStep[]> {
  const line = await bench.company.line();
  const agentPort = await freePort();
  // Enough for the highest rate to find an idle agent: Little's law, and half as many again.
  const agents = Math.ceil(options.to * TALK_SECONDS * 1.5) + 5;
  const people = await registerAll(bench, phones, line, agents, agentPort);
  const steps: RateStep[] = [];
  for (let rate = options.from; rate <= options.to; rate += options.by) {
    const step = await runStep(bench, phones, line, { agentPort, rate, seconds: options.seconds });
    steps.push(step);
    process.stderr.write(`${rate} calls/s: ${step.clean ? 'clean' : step.why}\n`);
    if (!step.clean) break;
    await delay(REST_MS);
  }
  for (const { id } of people) await bench.company.api.post(`/v1/agents/${id}/sign-out`);
  return steps;
}

/** Agents of the line, all of them at one SIPp. */
export async function registerAll(
  { company }: TestBench,
  phones: PhoneBox,
  line: Line,
  count: number,
  port: number,
): Promise<readonly Person[]> {
  const people: Person[] = [];
  const makeSome = async (): Promise<void> => {
    while (people.length < count) {
      const person = await company.person(line);
      people.push(person);
      await phones.registerElsewhere(person, port, 3_600);
      await company.ready(person);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, makeSome));
  return people;
}

async function runStep(
  { system, processes }: TestBench,
  phones: PhoneBox,
  line: Line,
  { agentPort, rate, seconds }: { agentPort: number; rate: number; seconds: number },
): Promise<RateStep> {
  const evidence = new Evidence(`rate-${rate}`);
  const calls = rate * seconds;
  writePcmaCapture(evidence.file('caller.pcap'), toneSamples(PROBE_TONE_HZ, TALK_SECONDS + 1));
  const limit = String(seconds + 40);
  const common = ['-i', HOST, '-mi', HOST, '-nostdin', '-timeout', limit, '-timeout_error'];
  const agents = sipp(evidence, 'agent', [
    ...[`${HOST}:9`, '-p', String(agentPort), '-mp', String(await freeRange(4)), '-rtp_echo'],
    ...common,
  ]);
  const callers = sipp(evidence, 'caller', [
    ...[`${system.sip.host}:${system.sip.port}`, '-s', line.dnis, '-p', String(await freePort())],
    ...['-mp', String(await freeRange(4)), '-r', String(rate), '-l', '5000'],
    ...['-m', String(calls), ...common],
  ]);
  const used = watchCpu(processes);
  const probes = probe(phones, line, seconds);
  const [problem, deaf] = await Promise.all([
    outcome(callers, agents, probes, Number(limit) * 1000),
    probes,
  ]);
  const cpu = Object.entries(used()).map(([name, ms]) => [name, round(ms / (calls + seconds))]);
  const why = problem ?? (deaf > 0 ? `${deaf} of our own calls heard nothing` : undefined);
  if (why) evidence.keep();
  evidence.close();
  return {
    callsPerSecond: rate,
    calls: calls + seconds,
    clean: why === undefined,
    ...(why ? { why: `${why} (${evidence.path})` } : {}),
    probes: seconds,
    cpuMsPerCall: Object.fromEntries(cpu) as Record<string, number>,
  };
}

/** One call of our own a second; returns how many of them did not hear themselves. */
async function probe(phones: PhoneBox, line: Line, count: number): Promise<number> {
  const one = async (index: number): Promise<boolean> => {
    await delay(index * 1000);
    const call = await phones.dial(line.dnis, { ani: '5555559001', listenFor: [PROBE_TONE_HZ] });
    call.rtp.play(PROBE_TONE_HZ);
    const echo = () => call.rtp.heard.find(PROBE_TONE_HZ, PROBE_HEARD_MS);
    await eventually('the echo', () => call.over || echo(), PROBE_LIMIT_MS);
    await within('the agent to hang up', call.ended, PROBE_LIMIT_MS);
    return echo() !== undefined;
  };
  const heard = await Promise.all(
    Array.from({ length: count }, (_, index) => one(index).catch(() => false)),
  );
  return heard.filter((each) => !each).length;
}

/** A SIPp with one of this bench's scenarios: `agent` answers, echoes and hangs up, `caller` calls. */
export function sipp(evidence: Evidence, scenario: string, args: readonly string[]): Program {
  const [remote = '', ...rest] = args;
  const trace = ['-trace_err', '-error_file', evidence.file(`${scenario}.errors`)];
  return new Program({
    command: 'sipp',
    args: [remote, '-sf', `${SCENARIOS}${scenario}.xml`, ...rest, ...trace],
    cwd: evidence.path,
    logPath: evidence.file(`${scenario}.log`),
  });
}

/** What failed, or undefined: every call of both sides went as its scenario says. */
async function outcome(
  callers: Program,
  agents: Program,
  probes: Promise<unknown>,
  limitMs: number,
): Promise<string | undefined> {
  try {
    const exit = await within('the callers', callers.exited, limitMs);
    if (exit.code !== 0) return `a caller's call failed (${exit.code})`;
    await probes;
    // It counts every question whether it is there as a call: it ends when nobody calls any more.
    agents.signal('SIGUSR1');
    const other = await within('the agents', agents.exited, 10_000);
    return other.code === 0 ? undefined : `an agent's call failed (${other.code})`;
  } catch (error) {
    return String(error);
  } finally {
    callers.signal('SIGKILL');
    agents.signal('SIGKILL');
    await Promise.all([callers.exited, agents.exited]);
  }
}
