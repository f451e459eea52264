/**
 * `npm run bench:feed`: how old a change is when every one of so many clients has it. The engine, `Live`, and the thread in
 * front with its replica, feed and websockets are the real ones; the clients are in another process, on the same machine.
 * Prints JSON.
 *
 *   npm run bench:feed -- [--clients 500] [--changes 200] [--seconds 20]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Command } from '../../src/acd/commands.ts';
import { Engine } from '../../src/acd/engine.ts';
import { startFront } from '../../src/house/front/start.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { SharedCounts } from '../../src/lib/shared-counts.ts';
import type { AgentConfig } from '../../src/model/agent.ts';
import { agentId, queueId } from '../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue.ts';
import { SETTING_DEFAULTS } from '../../src/model/settings.ts';
import { Live } from '../../src/runtime/live.ts';
import { startTestStore } from '../../test/support/postgres.ts';
import { round } from '../support/percentiles.ts';
import { cpuMs } from '../support/processes.ts';
import { Crowd, type CrowdHeard } from './crowd.ts';

const AGENTS = 200;
const WARM_UP_CHANGES = 200;
const WARM_UP_SECONDS = 2;
const SETTLE_MS = 500;

/** A floor with a feed, and clients that have their snapshot and wait for changes. */
export interface FeedBench {
  /** Ages in ms: from the engine's change to the client's ear. */
  measure(changes: number, seconds: number): Promise<FeedResult>;
  close(): Promise<void>;
}

export interface FeedResult {
  readonly clients: number;
  readonly changesPerSecond: number;
  /** By every tenth client: those who look. */
  readonly heard: number;
  readonly expected: number;
  /** What all clients took together. */
  readonly megabytes: number;
  readonly takenByOthers: CrowdHeard['takenByOthers'];
  readonly ageMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The clients' own: all that look are one process. */
  readonly clientTimersLateMs: CrowdHeard['timersLateMs'];
}

/** Whose keys are asked for. */
export interface Door {
  readonly databaseUrl: string;
  readonly key: string;
}

export async function openFeedBench(
  clients: number,
  { databaseUrl, key }: Door,
): Promise<FeedBench> {
  const { live, submit } = openFloor();
  const front = await startFront({
    host: '127.0.0.1',
    port: 0,
    apiPath: '',
    databaseUrl,
    settings: SETTING_DEFAULTS,
    allowances: SharedCounts.memory(),
    floor: live,
    afterForgetting: () => () => undefined,
    clock,
    onWord: () => undefined,
    onDeath: (error) => {
      throw error;
    },
  });
  const url = `ws://127.0.0.1:${front.port}/v1/feed`;
  const crowd = await Crowd.open(url, key, clients);
  await changeSteadily(submit, WARM_UP_CHANGES, WARM_UP_SECONDS);
  // What is still on its way is no part of what is measured.
  await sleep(SETTLE_MS);
  return {
    async measure(changes, seconds) {
      crowd.begin();
      const seqBefore = live.snapshot().seq;
      await changeSteadily(submit, changes, seconds);
      const made = live.snapshot().seq - seqBefore;
      await sleep(SETTLE_MS);
      const { ages, bytes, timersLateMs, looking, takenByOthers } = await crowd.end();
      return {
        clients,
        changesPerSecond: round(made / seconds),
        heard: ages.reduce((sum, count) => sum + count, 0),
        expected: made * looking,
        megabytes: round(bytes / 1e6),
        takenByOthers,
        ageMs: {
          p50: percentile(ages, 0.5),
          p99: percentile(ages, 0.99),
          max: percentile(ages, 1),
        },
        clientTimersLateMs: timersLateMs,
      };
    },
    async close() {
      crowd.close();
      await front.close();
      live.stop();
    },
  };
}

function openFloor() {
  const engine = Engine.create();
  const live = new Live({
    engine,
    sessions: new Map(),
    clock,
    zone: 'UTC',
    directory: () => undefined,
    phoneOf: () => undefined,
  });
  const submit = (command: Command): void => {
    const { reply, changes } = engine.apply(clock.now(), command);
    if (!reply.ok) throw new Error(reply.detail);
    live.changes(changes);
  };
  const queues = [{ ...QUEUE_DEFAULTS, id: queueId('ventas'), name: 'Ventas' }];
  const agents = Array.from(
    { length: AGENTS },
    (_, n): AgentConfig => ({
      id: agentId(`agent-${n}`),
      name: `Agent ${n}`,
      extension: String(1_000 + n),
      skills: {},
      queueIds: [queueId('ventas')],
    }),
  );
  submit({ type: 'configure', queues, agents });
  for (const { id } of agents) submit({ type: 'agent.signIn', agentId: id });
  return { live, submit };
}

let commands = 0;

/** Agents go to a break and come back: each time one agent and their queue have changed. */
async function changeSteadily(
  submit: (command: Command) => void,
  changes: number,
  seconds: number,
): Promise<void> {
  const began = performance.now();
  const total = (changes / 2) * seconds;
  for (let done = 0; done < total; ) {
    const due = ((performance.now() - began) / 1_000) * (changes / 2);
    for (; done < Math.min(due, total); done += 1) {
      const id = agentId(`agent-${commands % AGENTS}`);
      const isOff = Math.floor(commands / AGENTS) % 2 === 0;
      commands += 1;
      const reason = isOff ? 'pausa' : 'comida';
      submit({ type: 'agent.notReady', agentId: id, reason });
    }
    await sleep(1);
  }
}

/** The nearest rank of a histogram by the millisecond. */
function percentile(ages: readonly number[], share: number): number {
  const rank = Math.ceil(share * ages.reduce((sum, count) => sum + count, 0));
  let seen = 0;
  return ages.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      clients: { type: 'string', default: '500' },
      changes: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '20' },
      json: { type: 'boolean', default: true },
    },
  });
  const { clients, changes, seconds } = values;
  const { store, database, stop } = await startTestStore();
  const key = (await store.admin.apiKeys.ensureAdminKey(undefined)) ?? '';
  const bench = await openFeedBench(Number(clients), { databaseUrl: database.databaseUrl, key });
  const cpuBefore = cpuMs(process.pid) ?? 0;
  const result = await bench.measure(Number(changes), Number(seconds));
  const cpu = (cpuMs(process.pid) ?? 0) - cpuBefore;
  const serverCpuPercent = round(cpu / Number(seconds) / 10);
  process.stdout.write(`${JSON.stringify({ ...result, serverCpuPercent }, undefined, 2)}\n`);
  await bench.close();
  await stop();
  process.exit();
}
