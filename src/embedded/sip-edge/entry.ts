import { parentPort, workerData } from 'node:worker_threads';
import type { SipEdge, SipEdgeConfig } from './config.ts';
import { openEdge } from './edge.ts';
import type { FromWorker } from './entry-messages.ts';

/** The worker thread: opens the edge, says so, and closes it when told to. */
const tell = (message: FromWorker): void => parentPort?.postMessage(message);

try {
  const edge: SipEdge = await openEdge(workerData as SipEdgeConfig);
  parentPort?.once('message', () => {
    void edge.close().finally(() => process.exit(0));
  });
  tell({ kind: 'ready', adminPort: edge.adminPort, sipPort: edge.sipPort });
} catch (error) {
  tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
}
