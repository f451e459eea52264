import { type DestinationStream, pino } from 'pino';
import pretty from 'pino-pretty';

/**
 * The logger that every room gets. Text is static, facts are fields, and whatever tells who a caller is
 * (numbers, digits, names) stands only under the key `pii`, which can be redacted.
 */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  child(fields: object): Logger;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Wherever it stands: in a fact, in the fields of a child, or in an object that is a fact. */
const PERSONAL = ['pii', '*.pii', '*.*.pii'];

export interface LogOptions {
  /** Personal data are written out, for whoever has to find an error by them. */
  readonly showsPersonal?: boolean;
  /** Where lines go; standard output unless given. */
  readonly stream?: DestinationStream;
}

/** One fact a line on standard output: JSON for programs, and for a person at a terminal something to read. */
export function createLogger(level: LogLevel, options: LogOptions = {}): Logger {
  const { showsPersonal = false, stream } = options;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      ...(showsPersonal ? {} : { redact: PERSONAL }),
    },
    stream ??
      (process.stdout.isTTY
        ? pretty({ sync: true, singleLine: true, ignore: 'pid,hostname' })
        : undefined),
  );
}

/** A logger that says nothing, for tests and benches. */
export const silentLogger: Logger = createLogger('silent');
