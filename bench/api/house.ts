/**
 * The house as it is, and in the same process, on the same thread, what a bench adds to it: a second sink that is given as
 * many events of calls a second as it is asked to, and a second floor whose changes hundreds of clients follow, by a
 * thread in front like the house's own. Whatever
 * they cost, they cost the routing. BENCH_CONTROL_PORT says where to ask: `/events`, `/feed`, `/loop`, `/profile`.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { dirname, join } from 'node:path';
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { runningDatabaseUrl } from '../../src/embedded/postgres/running.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { silentLogger as log } from '../../src/lib/log.ts';
import { callId } from '../../src/model/ids.ts';
import { openPool, type Pool } from '../../src/store/pool.ts';
import { RecordInserter } from '../../src/store/records/insert.ts';
import { Outbox } from '../../src/store/records/outbox.ts';
import { DurableRecordSink } from '../../src/store/records/sink.ts';
import { distribution, round } from '../support/percentiles.ts';
import { type FeedBench, openFeedBench } from './feed.ts';
import '../../src/main.ts';

const TICK_MS = 10;
const EVENTS_A_CALL = 12;
/** How long what is on the disk may take to get into the database. */
const STORED_MS_MAX = 20_000;
const TYPES = ['call.arrived', 'flow.entered', 'call.queued', 'offer.made', 'call.connected'];
const { DATA_DIR = '', DATABASE_URL, ADMIN_API_KEY = '', BENCH_CONTROL_PORT } = process.env;

let feed: Promise<FeedBench> | undefined;
/** Stays open: what a connection's process has used is counted for as long as the process is there. */
let pool: Pool | undefined;
const inspector = new Session();
const loopDelay = monitorEventLoopDelay({ resolution: 5 });
loopDelay.enable();
let loopUsed: EventLoopUtilization = performance.eventLoopUtilization();

type Ask = (name: string) => number;
const answers: Readonly<Record<string, (ask: Ask, query: URLSearchParams) => unknown>> = {
  '/events': (ask) => flood(ask('perSecond'), ask('seconds')),
  '/feed': async (ask) => {
    feed ??= openHouseFeed(ask('clients'));
    const bench = await feed;
    return ask('seconds') > 0 ? bench.measure(ask('changes'), ask('seconds')) : {};
  },
  '/loop': () => loopSinceLast(),
  '/profile': (_ask, query) => profile(query.get('file') ?? ''),
};

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const answer = answers[pathname] ?? (() => ({}));
  void Promise.resolve(answer((name) => Number(searchParams.get(name)), searchParams)).then(
    (result) => response.end(JSON.stringify(result)),
    (error) => response.writeHead(500).end(String(error)),
  );
}).listen(Number(BENCH_CONTROL_PORT), '127.0.0.1');

/** Starts to watch what this thread does, or stops and writes it to the file. */
async function profile(file: string) {
  if (file === '') {
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.start');
    return {};
  }
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(profile));
  return {};
}

/** Of the thread that routes calls, since the last time: how much of it was busy, and how late its timers were. */
function loopSinceLast() {
  const now = performance.eventLoopUtilization();
  const { utilization } = performance.eventLoopUtilization(now, loopUsed);
  const [p50, p99] = [loopDelay.percentile(50) / 1e6, loopDelay.percentile(99) / 1e6];
  loopUsed = now;
  loopDelay.reset();
  return {
    busyPercent: Math.round(utilization * 100),
    timersLateMs: { p50: round(p50), p99: round(p99) },
  };
}

const houseDatabase = async (): Promise<string> =>
  DATABASE_URL ?? (await runningDatabaseUrl(DATA_DIR)) ?? '';

const openHouseFeed = async (clients: number): Promise<FeedBench> =>
  openFeedBench(clients, { databaseUrl: await houseDatabase(), key: ADMIN_API_KEY });

async function flood(perSecond: number, seconds: number) {
  pool ??= openPool(await houseDatabase(), { name: 'bench', size: 2, queryMsMax: 5_000 }, log);
  const outbox = await Outbox.open(join(DATA_DIR, `bench-outbox-${randomUUID()}`));
  const sink = new DurableRecordSink({
    inserter: new RecordInserter(pool, log),
    outbox,
    clock,
    log,
  });
  const waitedUs: number[] = [];
  const began = performance.now();
  const prefix = `bench-${randomUUID()}`;
  let given = 0;
  while (performance.now() - began < seconds * 1_000) {
    const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
    const from = performance.now();
    const count = due - given;
    for (; given < due; given += 1) sink.event(eventOf(prefix, given));
    if (count > 0) waitedUs.push(((performance.now() - from) / count) * 1_000);
    await delay(TICK_MS);
  }
  const lastAt = performance.now();
  await sink.flush();
  const safeMs = performance.now() - lastAt;
  const { pending, outboxBytes } = sink.stats();
  // What the disk took while the database was behind is stored when it is there.
  while (sink.stats().outboxBytes > 0 && performance.now() - lastAt < STORED_MS_MAX)
    await delay(TICK_MS);
  const storedMs = performance.now() - lastAt;
  const { rows } = await pool.query<{ count: string }>(
    'SELECT count(*) FROM call_events WHERE call_id LIKE $1',
    [`${prefix}%`],
  );
  const { lost, queued, outboxBytes: bytesLeft } = sink.stats();
  await sink.close();
  return {
    given,
    stored: Number(rows[0]?.count),
    lost,
    givenPerSecond: Math.round(given / seconds),
    waitForEachUs: distribution(waitedUs),
    /** After the last was given: all in the database or on the disk; how much of it on the disk; all in the database. */
    safeAfterMs: Math.round(safeMs),
    pendingThen: pending,
    throughTheDisk: queued,
    outboxBytesThen: outboxBytes,
    storedAfterMs: Math.round(storedMs),
    /** Not 0: the database was too slow for the time that was given to it, and the rest is still safe on the disk. */
    outboxBytesLeft: bytesLeft,
  };
}

function eventOf(prefix: string, index: number) {
  const type = TYPES[index % TYPES.length] ?? '';
  const call = Math.floor(index / EVENTS_A_CALL);
  return {
    callId: callId(`${prefix}-${call}`),
    seq: (index % EVENTS_A_CALL) + 1,
    at: clock.now(),
    type,
    data: { queueId: 'ventas', agentId: '1001', offerId: `${call}`, position: 3, waitMs: 12_500 },
  };
}
