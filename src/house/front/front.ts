import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counter } from 'prom-client';
import { requestMeasure } from '../../api/plugins/measures.ts';
import { never } from '../../lib/result.ts';
import { Supervised } from '../../lib/supervised.ts';
import { gauge } from '../../reporting/gauges.ts';
import type { Heart } from '../call-center.ts';
import type { Parts } from '../parts.ts';
import type { FrontWord } from './messages.ts';
import { type Front, startFront } from './start.ts';

/** A place for the whole API to listen at, which nobody but this user reaches. */
export async function privateSocketPath({ closing }: Parts): Promise<string> {
  // The name of a socket is short (108 bytes on Linux), and that of the data folder need not be.
  const folder = await mkdtemp(join(tmpdir(), 'centralita-'));
  closing.add('socket of the API', () => rm(folder, { recursive: true, force: true }));
  return join(folder, 'api.sock');
}

/** Opens the thread in front of the API that listens at the path. Host and port that everybody connects to. */
export async function openFront(
  parts: Parts,
  { callCenter }: Heart,
  apiPath: string,
  allowances: SharedArrayBuffer,
): Promise<string> {
  const { config, store, clock, log, closing } = parts;
  const { databaseUrl, afterForgetting } = store;
  const { host, port } = config.http;
  const onWord = takeWords(parts);
  const front = await Supervised.start<Front>({
    name: 'HTTP front',
    clock,
    log,
    start: (onDeath, last) =>
      startFront({
        host,
        port: last?.port ?? port,
        apiPath,
        databaseUrl,
        settings: config.settings,
        allowances,
        floor: callCenter,
        afterForgetting,
        clock,
        onWord,
        onDeath,
      }),
  });
  closing.add('HTTP front', () => front.close());
  return `${host}:${front.first.port}`;
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
