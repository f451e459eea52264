import { writeFileSync } from 'node:fs';
import { parentPort, type TransferListItem, type Worker, workerData } from 'node:worker_threads';
import type { Closable } from './supervised.ts';
import { startWorker } from './worker.ts';

/** What the thread tells its starter, once. */
type FromThread<Facts> =
  | { readonly kind: 'ready'; readonly facts: Facts }
  | { readonly kind: 'failed'; readonly reason: string };

/** What the thread is started with. */
interface Given {
  readonly name: string;
  readonly config: unknown;
}

export interface ThreadPartOptions {
  /** For errors: `The media server ended with code 1.` And for whoever looks at threads (`top -H`). */
  readonly name: string;
  /** The module that calls {@link runThreadPart}. */
  readonly url: URL;
  readonly config: unknown;
  /** Ports in the configuration that are the thread's from now on. */
  readonly transfers?: readonly TransferListItem[];
  /** How long the part has to close before its thread is ended. */
  readonly closeMsMax: number;
  /** Hears of a thread that ended unasked. */
  onDeath(error: Error): void;
}

/** The module beside the caller's, in whatever form the two are run. */
export const besides = (name: string, callerUrl: string): URL =>
  new URL(`./${name}.${callerUrl.endsWith('.ts') ? 'ts' : 'js'}`, callerUrl);

/**
 * Starts a part in a thread of its own, so that nothing the application does can disturb its clock. Rejects with
 * the part's own reason when it cannot start. `Facts`: what it says of itself when it is ready, its ports say.
 */
export async function startThreadPart<Facts extends object>(
  options: ThreadPartOptions,
): Promise<Facts & Closable> {
  const { name, config } = options;
  const worker = startWorker(options.url, { name, config } satisfies Given, options.transfers);
  const facts = await readiness<Facts>(worker, name);
  let over = false;
  const died = (error: Error): void => {
    if (!over) options.onDeath(error);
    over = true;
  };
  worker.on('error', died);
  worker.on('exit', (code) => died(ended(name, code)));
  return {
    ...facts,
    close: async () => {
      if (over) return;
      over = true;
      await stop(worker, options.closeMsMax);
    },
  };
}

/** The thread's side: opens the part, says so, and closes it when told to. */
export async function runThreadPart<Config, Facts>(
  open: (config: Config) => Promise<{ readonly facts: Facts; readonly part: Closable }>,
): Promise<void> {
  const tell = (message: FromThread<Facts>): void => parentPort?.postMessage(message);
  const { name, config } = workerData as Given;
  nameThread(name);
  try {
    const { facts, part } = await open(config as Config);
    parentPort?.once('message', () => {
      void part
        .close()
        .catch(() => undefined)
        .finally(() => process.exit(0));
    });
    tell({ kind: 'ready', facts });
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
}

/** The kernel keeps 15 bytes of it (proc(5)); elsewhere than on Linux there is nothing to write to. */
function nameThread(name: string): void {
  try {
    writeFileSync('/proc/thread-self/comm', name);
  } catch {
    // It is only for looking at.
  }
}

function readiness<Facts>(worker: Worker, name: string): Promise<Facts> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(ended(name, code)));
    worker.once('message', (message: FromThread<Facts>) => {
      worker.removeAllListeners('error');
      worker.removeAllListeners('exit');
      if (message.kind === 'ready') return resolve(message.facts);
      void worker.terminate();
      reject(new Error(message.reason));
    });
  });
}

/** Asks the thread to end, and ends it if it does not. */
async function stop(worker: Worker, closeMsMax: number): Promise<void> {
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage('close');
  const timer = setTimeout(() => void worker.terminate(), closeMsMax);
  await exited;
  clearTimeout(timer);
}

const ended = (name: string, code: number): Error =>
  new Error(`The ${name} ended with code ${code}.`);
