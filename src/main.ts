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

const leaving = new AbortController();
try {
  const opening = openHouse(config.value, log, leaving.signal);
  leaveOnSignal(opening);
  const house = await opening;
  log.follow(() => house.logLevel);
  standardOutput().write(welcome(config.value, house));
} catch (error) {
  if (error === leaving.signal.reason) process.exit(0);
  process.stderr.write(`Centralita cannot start. ${whyNotStarted(error, config.value)}\n`);
  log.debug({ stack: (error as Error).stack }, 'Start failed');
  process.exit(1);
}

/**
 * SIGTERM takes no more calls and lets those in progress end; SIGINT, SIGHUP (the terminal was closed), or a second
 * signal, leaves at once. A house that is being opened is closed as far as it is open: a database must not be left behind.
 */
function leaveOnSignal(opening: Promise<House>): void {
  const leave = async (drainMsMax: number): Promise<void> => {
    const isAgain = leaving.signal.aborted;
    leaving.abort();
    const house = await opening.catch(() => undefined);
    // Whoever opened it says why not, and ends the process.
    if (!house) return;
    if (drainMsMax > 0 && !isAgain) await house.drain(drainMsMax);
    await house.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void leave(0));
  process.on('SIGHUP', () => void leave(0));
  process.on('SIGTERM', () => void leave(DRAIN_MS_MAX));
}
