import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../lib/worker.ts';
import type { SipEdge, SipEdgeConfig } from './config.ts';
import type { FromWorker } from './entry-messages.ts';

export type { InThreadOptions, SipEdge, SipEdgeConfig } from './config.ts';
/** The edge in the caller's own thread, for tests that inject a clock. */
export { openEdge as startSipEdgeInThread } from './edge.ts';

const CLOSE_MS_MAX = 5_000;

/**
 * Starts the SIP edge in a worker thread, so that a busy application cannot delay its timers. Fails with
 * an error that names the port if one is in use. `onDeath` hears of a worker that ended unasked.
 */
export async function startSipEdge(
  config: SipEdgeConfig,
  onDeath: (error: Error) => void = () => {},
): Promise<SipEdge> {
  const url = new URL(
    import.meta.url.endsWith('.ts') ? './entry.ts' : './entry.js',
    import.meta.url,
  );
  const worker = startWorker(url, config);
  const ports = await readiness(worker);
  let closing = false;
  let dead = false;
  const died = (error: Error) => {
    if (!closing && !dead) onDeath(error);
    dead = true;
  };
  worker.on('error', died);
  worker.on('exit', (code) => died(new Error(`The SIP edge ended with code ${code}.`)));
  return {
    ...ports,
    close: async () => {
      if (closing || dead) return;
      closing = true;
      await stop(worker);
    },
  };
}

function readiness(worker: Worker): Promise<{ adminPort: number; sipPort: number }> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The SIP edge ended with code ${code}.`)));
    worker.once('message', (message: FromWorker) => {
      worker.removeAllListeners('error');
      worker.removeAllListeners('exit');
      if (message.kind === 'ready')
        resolve({ adminPort: message.adminPort, sipPort: message.sipPort });
      else {
        void worker.terminate();
        reject(new Error(message.reason));
      }
    });
  });
}

/** Asks the worker to end, and ends it if it does not. */
async function stop(worker: Worker): Promise<void> {
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage({ kind: 'close' });
  const timer = setTimeout(() => void worker.terminate(), CLOSE_MS_MAX);
  await exited;
  clearTimeout(timer);
}
