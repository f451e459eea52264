/**
 * The other end of the feed's bench: so many wallboards in a process of their own. Argument: url, key, clients. Says
 * `ready` when all have their snapshot; at `stop` it answers with how old each change since `start` was when it came.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [url = '', key = '', count = '1'] = process.argv.slice(2);
/** One in so many looks at what it hears: to measure must not be the work that is measured. */
const LOOKS_EVERY = 10;
/** Ages by the millisecond; the last place has all that are older. */
const ages = new Uint32Array(5_001);
let measuring = false;
let messages = 0;

await Promise.all(Array.from({ length: Number(count) }, (_, n) => openClient(n)));
process.on('message', (what) => {
  measuring = what === 'start';
  if (measuring) {
    ages.fill(0);
    messages = 0;
  } else process.send?.({ ages: [...ages], messages });
});
process.send?.('ready');

async function openClient(n: number): Promise<void> {
  const socket = new WebSocket(url, { headers: { 'x-api-key': key }, perMessageDeflate: false });
  await once(socket, 'open');
  const snapshot = new Promise<void>((resolve) => {
    let hasSnapshot = false;
    socket.on('message', (data: Buffer) => {
      if (measuring) messages += 1;
      if (hasSnapshot && n % LOOKS_EVERY !== 0) return;
      const text = data.toString('latin1');
      if (text.startsWith('{"type":"changes"')) take(text);
      else if (text.startsWith('{"type":"snapshot"')) {
        hasSnapshot = true;
        resolve();
      }
    });
  });
  socket.send(JSON.stringify({ type: 'subscribe', topics: ['agents', 'queues', 'calls'] }));
  await snapshot;
}

/** Reads the times of the changes alone: the bench is not of JSON.parse. */
function take(text: string): void {
  if (!measuring) return;
  const now = Date.now();
  for (let at = text.indexOf('"at":"'); at >= 0; at = text.indexOf('"at":"', at + 30)) {
    const age = now - Date.parse(text.slice(at + 6, at + 30));
    const place = Math.min(Math.max(0, age), ages.length - 1);
    ages[place] = (ages[place] ?? 0) + 1;
  }
}
