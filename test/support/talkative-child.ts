/** Says more than anybody may want to hear, and every 20 ms to its parent that it goes on. */
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger } from '../../src/lib/log.ts';

const log = createLogger('info');
const lines = Number(process.argv[2]);
let said = 0;
while (process.connected) {
  for (let count = 0; count < 500 && said < lines; count++)
    log.info({ number: ++said, filling: 'x'.repeat(1_000) }, 'Said');
  // The parent may have hung up this moment.
  process.send?.(said, undefined, {}, () => {});
  await pause(20);
}
process.exit();
