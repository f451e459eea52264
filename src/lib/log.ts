import { isatty } from 'node:tty';
import { type DestinationStream, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { LOG_LEVELS, type LogLevel } from './levels.ts';
import { standardOutput } from './standard-output.ts';

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

/** One whose level may change while rooms have it, and children of it. */
export interface FollowingLogger extends Logger {
  /** From now on, and for every line: what this says. */
  follow(levelOf: () => LogLevel): void;
}

export type { LogLevel };

/** Wherever it stands: in a fact, in the fields of a child, or in an object that is a fact. */
const PERSONAL = ['pii', '*.pii', '*.*.pii'];

export interface LogOptions {
  /** Personal data are written out, for whoever has to find an error by them. */
  readonly showsPersonal?: boolean;
  /** Where lines go; standard output unless given. */
  readonly stream?: DestinationStream;
}

/** One fact a line on standard output: JSON for programs, and for a person at a terminal something to read. */
export function createLogger(level: LogLevel, options: LogOptions = {}): FollowingLogger {
  const { showsPersonal = false, stream } = options;
  let levelOf = (): LogLevel => level;
  const root: pino.Logger = pino(
    {
      level: 'debug',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
      ...(showsPersonal ? {} : { redact: PERSONAL }),
    },
    stream ??
      onStandardOutput((lines) => root.warn({ lines }, 'Lines of the log are missing here')),
  );
  return {
    ...levelled(root, () => levelOf()),
    follow(now) {
      levelOf = now;
    },
  };
}

/** `caughtUp` hears how many lines there was no room for. */
function onStandardOutput(caughtUp: (dropped: number) => void): DestinationStream {
  const output = standardOutput();
  output.caughtUp = caughtUp;
  if (!isatty(1)) return output;
  const readable = prettyFactory({ singleLine: true, ignore: 'pid,hostname', colorize: true });
  return { write: (line) => output.write(readable(line)) };
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** A child of pino's has the level of its parent at its birth, for ever: so the level is looked at here. */
function levelled(target: pino.Logger, levelOf: () => LogLevel): Logger {
  const say = (level: Level) => {
    const rank = LOG_LEVELS.indexOf(level);
    return (fields: object, text: string): void => {
      if (rank >= LOG_LEVELS.indexOf(levelOf())) target[level](fields, text);
    };
  };
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: (fields) => levelled(target.child(fields), levelOf),
  };
}

/** A logger that says nothing, for tests and benches. */
export const silentLogger: Logger = createLogger('silent', { stream: { write: () => {} } });
