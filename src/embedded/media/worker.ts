import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { MediaServerConfig } from './config.ts';
import { startMediaServerHere } from './start.ts';

/** What the worker tells its parent. */
export type WorkerMessage =
  | { readonly kind: 'started'; readonly sipPort: number; readonly eslPort: number }
  | { readonly kind: 'failed'; readonly reason: string };

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** The 20 ms clock goes before everything else, where the system lets a process ask for that. */
function preferThisThread(): void {
  try {
    // On Linux, 0 is the calling thread alone (setpriority(2)).
    setPriority(0, -10);
  } catch {
    // Without the privilege it works all the same, on a machine that is not overloaded.
  }
}

try {
  preferThisThread();
  const server = await startMediaServerHere(workerData as MediaServerConfig);
  tell({ kind: 'started', sipPort: server.sipPort, eslPort: server.eslPort });
  parentPort?.once('message', () => {
    server
      .close()
      .catch(() => undefined)
      .finally(() => parentPort?.close());
  });
} catch (error) {
  tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
}
