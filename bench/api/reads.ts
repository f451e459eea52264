/** A process of its own that reads over REST at a steady rate, whether or not the answers keep up. */
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { distribution } from '../support/percentiles.ts';

interface Order {
  readonly base: string;
  readonly key: string;
  readonly paths: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

const SOCKETS = 64;
/** What has not been answered so long after the last was asked counts as unanswered. */
const GRACE_MS = 2_000;
const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });

process.on('message', (order: Order) => {
  void read(order).then((result) => process.send?.(result));
});

async function read({ base, key, paths, perSecond, seconds }: Order) {
  const tookMs: number[] = [];
  let failed = 0;
  const one = (path: string): Promise<void> =>
    new Promise((resolve) => {
      const began = performance.now();
      const request = get(
        `${base}${path}`,
        { agent, headers: { authorization: `Bearer ${key}` } },
        (response) => {
          response.resume();
          response.once('end', () => {
            if (response.statusCode === 200) tookMs.push(performance.now() - began);
            else failed += 1;
            resolve();
          });
        },
      );
      request.once('error', () => {
        failed += 1;
        resolve();
      });
    });
  const going: Promise<void>[] = [];
  const began = performance.now();
  while (performance.now() - began < seconds * 1_000) {
    const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
    while (going.length < due) going.push(one(paths[going.length % paths.length] ?? '/'));
    await delay(1);
  }
  await Promise.race([Promise.all(going), delay(GRACE_MS)]);
  const answered = tookMs.length;
  return {
    asked: going.length,
    answered,
    failed,
    unanswered: going.length - answered - failed,
    answeredPerSecond: Math.round(answered / ((performance.now() - began) / 1_000)),
    readMs: distribution(tookMs),
  };
}
