import { pino } from 'pino';

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

/** JSON lines on standard output, one a fact. */
export function createLogger(level: LogLevel, redactPii = false): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    ...(redactPii ? { redact: ['pii', '*.pii'] } : {}),
  });
}

/** A logger that says nothing, for tests and benches. */
export const silentLogger: Logger = createLogger('silent');
