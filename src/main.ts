import { welcome } from './banner.ts';
import { parseConfig } from './config/parse.ts';
import { type House, openHouse } from './house.ts';
import { createLogger } from './lib/log.ts';
import { standardOutput } from './lib/standard-output.ts';
import { whyNotStarted } from './start-failure.ts';

/** How long calls in progress may go on after SIGTERM. A second signal, or SIGINT, ends them at once. */
const DRAIN_MS_MAX = 60_000;

// Whoever has started us may have gone, and the terminal with them: that ends no call.
process.stderr.on('error', () => {});

const config = parseConfig(process.env);
if (!config.ok) {
  for (const problem of config.error) process.stderr.write(`${problem}\n`);
  process.exit(2);
}
const log = createLogger(config.value.logLevel, { showsPersonal: config.value.logsPersonal });

process.on('unhandledRejection', (error) => {
  log.error({ error: String(error), stack: (error as Error)?.stack }, 'Unhandled rejection');
});

try {
  const opening = openHouse(config.value, log);
  leaveOnSignal(opening);
  const house = await opening;
  log.follow(() => house.logLevel);
  standardOutput().write(welcome(config.value, house));
} catch (error) {
  process.stderr.write(`Centralita cannot start. ${whyNotStarted(error, config.value)}\n`);
  log.debug({ stack: (error as Error).stack }, 'Start failed');
  process.exit(1);
}

/**
 * SIGTERM takes no more calls and lets those in progress end; SIGINT, SIGHUP (the terminal was closed), or a second
 * signal, leaves at once. What is being opened is opened first, so that it can be closed: a database must not be left behind.
 */
function leaveOnSignal(opening: Promise<House>): void {
  let draining = false;
  const leave = async (): Promise<void> => {
    await (await opening).close();
    process.exit(0);
  };
  process.on('SIGINT', () => void leave());
  process.on('SIGHUP', () => void leave());
  process.on('SIGTERM', () => {
    if (draining) {
      void leave();
      return;
    }
    draining = true;
    void opening.then((house) => house.drain(DRAIN_MS_MAX)).then(leave);
  });
}
