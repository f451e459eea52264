import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Counter } from 'prom-client';
import { requestMeasure } from '../../api/plugins/measures.ts';
import { never } from '../../lib/result.ts';
import { type Closable, Supervised } from '../../lib/supervised.ts';
import { besides, startThreadPart } from '../../lib/thread-part.ts';
import { gauge } from '../../reporting/gauges.ts';
import type { ReplicaNews } from '../../runtime/replica/news.ts';
import { ReplicaTeller } from '../../runtime/replica/teller.ts';
import type { Heart } from '../call-center.ts';
import type { Parts } from '../parts.ts';
import type { FrontConfig, FrontFacts, FrontWord } from './messages.ts';

const CLOSE_MS_MAX = 3_000;

type Front = FrontFacts & Closable;

/** A place for the whole API to listen at, which nobody but this user reaches. */
export async function privateSocketPath({ closing }: Parts): Promise<string> {
  // The name of a socket is short (108 bytes on Linux), and that of the data folder need not be.
  const folder = await mkdtemp(join(tmpdir(), 'centralita-'));
  closing.add('socket of the API', () => rm(folder, { recursive: true, force: true }));
  return join(folder, 'api.sock');
}

/** Opens the thread in front of the API that listens at the path. Host and port that everybody connects to. */
export async function openFront(parts: Parts, heart: Heart, apiPath: string): Promise<string> {
  const { config, clock, log, closing } = parts;
  const told = takeWords(parts);
  const front = await Supervised.start<Front>({
    name: 'HTTP front',
    clock,
    log,
    start: (onDeath, last) =>
      startFront(parts, heart, { apiPath, port: last?.port ?? config.http.port }, told, onDeath),
  });
  closing.add('HTTP front', () => front.close());
  return `${config.http.host}:${front.first.port}`;
}

async function startFront(
  { config, store, clock }: Parts,
  { callCenter }: Heart,
  where: Pick<FrontConfig, 'apiPath' | 'port'>,
  told: (word: FrontWord) => void,
  onDeath: (error: Error) => void,
): Promise<Front> {
  const { port1: ours, port2: news } = new MessageChannel();
  const floor = ReplicaTeller.whole(callCenter);
  const teller = new ReplicaTeller(callCenter, clock, (one: ReplicaNews) => ours.postMessage(one));
  const stopForgetting = store.afterForgetting((what) => teller.forget(what));
  const stop = (): void => {
    teller.close();
    stopForgetting();
    ours.close();
  };
  ours.on('message', told);
  // The thread has the port alive, not the channel the house.
  ours.unref();
  const front: FrontConfig = {
    ...where,
    host: config.http.host,
    databaseUrl: store.databaseUrl,
    settings: config.settings,
    floor,
    news,
  };
  try {
    const part = await startThreadPart<FrontFacts>({
      name: 'HTTP front',
      url: besides('thread', import.meta.url),
      config: front,
      transfers: [news],
      closeMsMax: CLOSE_MS_MAX,
      onDeath(error) {
        stop();
        onDeath(error);
      },
    });
    return { ...part, close: () => part.close().finally(stop) };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Lines and measures of the thread, where all the others are. */
function takeWords({ log, metrics }: Parts): (word: FrontWord) => void {
  const measure = requestMeasure(metrics);
  let clients = 0;
  gauge(metrics, 'centralita_feed_clients', 'Clients of the feed', [], (set) => set({}, clients));
  const sent = new Counter({
    name: 'centralita_feed_messages_total',
    help: 'Messages with changes that clients of the feed were sent',
    registers: [metrics],
  });
  return (word) => {
    switch (word.kind) {
      case 'log':
        return log[word.level](word.facts, word.text);
      case 'measured':
        for (const request of word.requests) measure(request);
        clients = word.feed.clients;
        sent.inc(word.feed.sent);
        return;
      default:
        never(word);
    }
  };
}
