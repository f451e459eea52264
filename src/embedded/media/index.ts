import type { Worker } from 'node:worker_threads';
import { never } from '../../lib/result.ts';
import { startWorker } from '../worker.ts';
import type { MediaServer, MediaServerConfig } from './config.ts';
import type { WorkerMessage } from './worker.ts';

export type { MediaServer, MediaServerConfig } from './config.ts';
export { startMediaServerHere } from './start.ts';

/** BYEs have so long to leave before the thread is ended. */
const CLOSE_MS_MAX = 3000;

/**
 * Starts the embedded media server in a thread of its own, so that nothing the application does disturbs
 * the 20 ms clock. Fails with an error that names the address when a port is in use.
 */
export function startMediaServer(config: MediaServerConfig): Promise<MediaServer> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = startWorker(new URL(`./worker.${extension}`, import.meta.url), config);
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The media server's thread ended (${code}).`)));
    worker.on('message', (message: WorkerMessage) => {
      switch (message.kind) {
        case 'started': {
          const { sipPort, eslPort } = message;
          resolve({ sipPort, eslPort, close: () => closeWorker(worker) });
          break;
        }
        case 'failed':
          reject(new Error(message.reason));
          break;
        case 'closed':
          break;
        default:
          never(message);
      }
    });
  });
}

async function closeWorker(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage('close');
  const timer = setTimeout(() => void worker.terminate(), CLOSE_MS_MAX);
  await ended;
  clearTimeout(timer);
}
