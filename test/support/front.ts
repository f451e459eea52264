import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openForwarder } from '../../src/api/forwarding.ts';
import type { MeasuredRequest } from '../../src/api/plugins/measures.ts';
import { ALLOWANCE_MS } from '../../src/api/plugins/rate-limit.ts';
import { buildReads } from '../../src/api/reads.ts';
import { openFeed } from '../../src/feed/socket.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { silentLogger as log } from '../../src/lib/log.ts';
import { SharedCounts } from '../../src/lib/shared-counts.ts';
import { SETTING_DEFAULTS } from '../../src/model/settings.ts';
import { Replica } from '../../src/runtime/replica/replica.ts';
import { ReplicaTeller } from '../../src/runtime/replica/teller.ts';
import { openReadingStore } from '../../src/store/reading.ts';
import { TEST_API_KEY, type TestApi } from './api.ts';

/** As the house has it, but in one thread: the API behind, and in front what is read again and again. */
export async function openFrontOf(
  api: TestApi,
  measure: (request: MeasuredRequest) => void = () => undefined,
) {
  const { app, store, control, database } = api;
  const folder = mkdtempSync(join(tmpdir(), 'front-'));
  const path = join(folder, 'api.sock');
  await app.listen({ path });
  const { databaseUrl } = database;
  const counts = new SharedCounts(api.allowances, ALLOWANCE_MS);
  const reading = await openReadingStore({ databaseUrl, settings: SETTING_DEFAULTS, log, clock });
  const replica = new Replica(ReplicaTeller.whole(control), clock);
  const teller = new ReplicaTeller(control, clock, (news) => {
    const told = structuredClone(news);
    if (told.kind === 'forget') reading.forget(told.what);
    else replica.take(told);
  });
  const stop = store.afterForgetting((what) => teller.forget(what));
  const forwarder = openForwarder(path);
  const reads = await buildReads({
    store: reading,
    control: replica,
    authenticator: reading.authenticator,
    rateLimits: {
      get keyPerMinute() {
        return reading.settings.current.requestsPerMinute;
      },
      counts,
    },
    forwarder,
    measure,
    clock,
    log,
  });
  const feed = openFeed({
    server: reads.server,
    control: replica,
    authenticator: reading.authenticator,
    clock,
    log,
  });
  await reads.listen({ host: '127.0.0.1', port: 0 });
  const { port } = reads.server.address() as AddressInfo;
  return {
    reads,
    host: `127.0.0.1:${port}`,
    port,
    async ask(method: string, url: string, body?: unknown, key = TEST_API_KEY) {
      const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = /[/+]json(;|$)/.test(answer.headers.get('content-type') ?? '');
      // biome-ignore lint/suspicious/noExplicitAny: what came over the wire has no type yet.
      const parsed: any = isJson && text !== '' ? JSON.parse(text) : undefined;
      return { status: answer.status, headers: answer.headers, body: parsed };
    },
    async close() {
      stop();
      teller.close();
      await feed.close();
      await reads.close();
      forwarder.close();
      await reading.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
