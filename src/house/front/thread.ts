import type { AddressInfo } from 'node:net';
import { openForwarder } from '../../api/forwarding.ts';
import type { MeasuredRequest } from '../../api/plugins/measures.ts';
import { ALLOWANCE_MS } from '../../api/plugins/rate-limit.ts';
import { buildReads } from '../../api/reads.ts';
import { openFeed } from '../../feed/socket.ts';
import { systemClock as clock } from '../../lib/clock.ts';
import { SharedCounts } from '../../lib/shared-counts.ts';
import { tellingLogger } from '../../lib/telling-logger.ts';
import { runThreadPart } from '../../lib/thread-part.ts';
import type { ReplicaNews } from '../../runtime/replica/news.ts';
import { Replica } from '../../runtime/replica/replica.ts';
import { openReadingStore, type ReadingStore } from '../../store/reading.ts';
import type { FrontConfig, FrontFacts, FrontWord } from './messages.ts';

const TELL_EVERY_MS = 1_000;
/** Of a second that is told at once; what is more is not measured. */
const MEASURED_MAX = 10_000;

/**
 * The thread in front: the port that everybody connects to, the feed, and what is read again and again. Calls are routed
 * in another thread, whatever is asked here.
 */
await runThreadPart<FrontConfig, FrontFacts>(async (config) => {
  const { news, databaseUrl, settings } = config;
  const tell = (word: FrontWord): void => news.postMessage(word);
  const log = tellingLogger((line) => tell({ kind: 'log', ...line }));
  const store = await openReadingStore({ databaseUrl, settings, log, clock });
  const replica = new Replica(config.floor, clock);
  const forwarder = openForwarder(config.apiPath);
  const told = tellMeasures(tell, () => feed.clients);
  const app = await buildReads({
    store,
    control: replica,
    authenticator: store.authenticator,
    rateLimits: {
      get keyPerMinute() {
        return store.settings.current.requestsPerMinute;
      },
      counts: new SharedCounts(config.allowances, ALLOWANCE_MS),
    },
    forwarder,
    measure: told.request,
    clock,
    log,
  });
  const feed = openFeed({
    server: app.server,
    control: replica,
    authenticator: store.authenticator,
    clock,
    log,
    onSent: told.sent,
  });
  news.on('message', (one: ReplicaNews) => hear(one, replica, store));
  await app.listen({ host: config.host, port: config.port }).catch((error) => {
    throw cannotListen(config, error);
  });
  return {
    facts: { port: (app.server.address() as AddressInfo).port },
    part: {
      async close() {
        told.stop();
        await feed.close();
        await app.close();
        forwarder.close();
        await store.close();
      },
    },
  };
});

function cannotListen({ host, port }: FrontConfig, { code }: NodeJS.ErrnoException): Error {
  const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code})`;
  return new Error(`HTTP_HOST and HTTP_PORT: ${host}:${port} ${why}`);
}

function hear(news: ReplicaNews, replica: Replica, store: ReadingStore): void {
  if (news.kind === 'forget') store.forget(news.what);
  else replica.take(news);
}

/** Gathers what is measured, and tells it once in a while. */
function tellMeasures(tell: (word: FrontWord) => void, clients: () => number) {
  let requests: MeasuredRequest[] = [];
  let sent = 0;
  const timer = setInterval(() => {
    tell({ kind: 'measured', requests, feed: { clients: clients(), sent } });
    requests = [];
    sent = 0;
  }, TELL_EVERY_MS);
  return {
    request(request: MeasuredRequest): void {
      if (requests.length < MEASURED_MAX) requests.push(request);
    },
    sent(messages: number): void {
      sent += messages;
    },
    stop: () => clearInterval(timer),
  };
}
