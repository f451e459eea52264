/**
 * The house as it is, and in the same process, on the same thread, a second sink that is given as many events of calls a
 * second as it is asked to: whatever storing them costs, it costs the routing. BENCH_CONTROL_PORT says where to ask.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runningDatabaseUrl } from '../../src/embedded/postgres/running.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { silentLogger as log } from '../../src/lib/log.ts';
import { callId } from '../../src/model/ids.ts';
import { openPool } from '../../src/store/pool.ts';
import { RecordInserter } from '../../src/store/records/insert.ts';
import { Outbox } from '../../src/store/records/outbox.ts';
import { DurableRecordSink } from '../../src/store/records/sink.ts';
import { distribution } from '../support/percentiles.ts';
import '../../src/main.ts';

const TICK_MS = 10;
const EVENTS_A_CALL = 12;
const TYPES = ['call.arrived', 'flow.entered', 'call.queued', 'offer.made', 'call.connected'];
const { DATA_DIR = '', DATABASE_URL, BENCH_CONTROL_PORT } = process.env;

createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const perSecond = Number(searchParams.get('perSecond'));
  const seconds = Number(searchParams.get('seconds'));
  void flood(perSecond, seconds).then(
    (result) => response.end(JSON.stringify(result)),
    (error) => response.writeHead(500).end(String(error)),
  );
}).listen(Number(BENCH_CONTROL_PORT), '127.0.0.1');

async function flood(perSecond: number, seconds: number) {
  const databaseUrl = DATABASE_URL ?? (await runningDatabaseUrl(DATA_DIR)) ?? '';
  const pool = openPool(databaseUrl, { name: 'bench', size: 2, queryMsMax: 5_000 }, log);
  const outbox = await Outbox.open(join(DATA_DIR, 'bench-outbox'));
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
  const behindMs = performance.now() - lastAt;
  const { rows } = await pool.query<{ count: string }>(
    'SELECT count(*) FROM call_events WHERE call_id LIKE $1',
    [`${prefix}%`],
  );
  const { lost, outboxBytes } = sink.stats();
  await sink.close();
  await pool.end();
  return {
    given,
    stored: Number(rows[0]?.count),
    givenPerSecond: Math.round(given / seconds),
    waitForEachUs: distribution(waitedUs),
    storedAfterTheLastMs: Math.round(behindMs),
    lost,
    outboxBytes,
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
