import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../lib/worker.ts';
import type { MediaServer, MediaServerConfig } from './config.ts';
import type { WorkerMessage } from './worker.ts';

export type { MediaServer, MediaServerConfig } from './config.ts';
/** The media server in the caller's own thread, for tests. */
export { startMediaServerHere } from './start.ts';

/** BYEs have so long to leave before the thread is ended. */
const CLOSE_MS_MAX = 3000;

/**
 * Starts the embedded media server in a thread of its own, so that nothing the application does disturbs
 * the 20 ms clock. Fails with an error that names the address when a port is in use. `onDeath` hears of a
 * thread that ended unasked.
 */
export async function startMediaServer(
  config: MediaServerConfig,
  onDeath: (error: Error) => void = () => {},
): Promise<MediaServer> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = startWorker(new URL(`./worker.${extension}`, import.meta.url), config);
  const ports = await readiness(worker);
  let closing = false;
  let dead = false;
  const died = (error: Error) => {
    if (!closing && !dead) onDeath(error);
    dead = true;
  };
  worker.on('error', died);
  worker.on('exit', (code) => died(new Error(`The media server ended with code ${code}.`)));
  return {
    ...ports,
    close: async () => {
      if (closing || dead) return;
      closing = true;
      await stop(worker);
    },
  };
}

function readiness(worker: Worker): Promise<{ sipPort: number; eslPort: number }> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The media server ended with code ${code}.`)));
    worker.once('message', (message: WorkerMessage) => {
      worker.removeAllListeners('error');
      worker.removeAllListeners('exit');
      if (message.kind === 'started') {
        resolve({ sipPort: message.sipPort, eslPort: message.eslPort });
      } else {
        void worker.terminate();
        reject(new Error(message.reason));
      }
    });
  });
}

/** Asks the worker to end, and ends it if it does not. */
async function stop(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage('close');
  const timer = setTimeout(() => void worker.terminate(), CLOSE_MS_MAX);
  await ended;
  clearTimeout(timer);
}
