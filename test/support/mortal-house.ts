/** The house as it is, but on SIGUSR2 the thread in front of it ends, as it would by a fault of its own. */
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

let front: threads.Worker | undefined;

threads.Worker = class extends threads.Worker {
  constructor(...args: ConstructorParameters<typeof threads.Worker>) {
    super(...args);
    if (String(args[0]).includes('house/front/thread')) front = this;
  }
};
syncBuiltinESMExports();
process.on('SIGUSR2', () => void front?.terminate());

await import('../../src/main.ts');
