import { Worker } from 'node:worker_threads';

/**
 * Starts a worker thread from a module of ours, be it TypeScript (run through tsx, whose hooks a worker
 * does not inherit from a parent that registered them by API) or the JavaScript that tsc made of it.
 */
export function startWorker(url: URL, workerData: unknown): Worker {
  const execArgv = url.pathname.endsWith('.ts') ? ['--import', 'tsx'] : [];
  return new Worker(url, { workerData, execArgv });
}
