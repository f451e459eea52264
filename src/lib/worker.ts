import { type ResourceLimits, type TransferListItem, Worker } from 'node:worker_threads';

/**
 * Starts a worker thread from a module of ours, be it TypeScript or what the build made of it.
 *
 * On Node 20 a worker does not get tsx's loader from `--import` (tsx leaves it to the parent's hooks, which
 * this Node does not hand down), so a few lines of JavaScript register it before the module is imported.
 */
export function startWorker(
  url: URL,
  workerData: unknown,
  transferList: readonly TransferListItem[] = [],
  resourceLimits: ResourceLimits = {},
): Worker {
  const data = { workerData, transferList: [...transferList], resourceLimits };
  if (!url.pathname.endsWith('.ts')) return new Worker(url, data);
  return new Worker(bootstrapOf(url), { eval: true, execArgv: [], ...data });
}

function bootstrapOf(url: URL): string {
  const tsx = import.meta.resolve('tsx/esm/api');
  return (
    `import(${JSON.stringify(tsx)})` +
    `.then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); });`
  );
}
