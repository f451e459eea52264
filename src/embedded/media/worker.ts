import { parentPort, workerData } from 'node:worker_threads';
import type { MediaServerConfig } from './config.ts';
import { startMediaServerHere } from './start.ts';

/** What the worker tells its parent. */
export type WorkerMessage =
  | { readonly kind: 'started'; readonly sipPort: number; readonly eslPort: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'closed' };

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

try {
  const server = await startMediaServerHere(workerData as MediaServerConfig);
  tell({ kind: 'started', sipPort: server.sipPort, eslPort: server.eslPort });
  parentPort?.once('message', () => {
    server
      .close()
      .catch(() => undefined)
      .finally(() => {
        tell({ kind: 'closed' });
        parentPort?.close();
      });
  });
} catch (error) {
  tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
