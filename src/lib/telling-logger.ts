import type { Logger } from './log.ts';

/** A line that a thread has to say, for whoever has the log. */
export interface ToldLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly facts: object;
  readonly text: string;
}

/** The logger of a thread: its lines are written where all the others are, with what is personal redacted there. */
export function tellingLogger(tell: (line: ToldLine) => void, always: object = {}): Logger {
  const say = (level: ToldLine['level']) => (facts: object, text: string) =>
    tell({ level, facts: plain({ ...always, ...facts }), text });
  return {
    debug: () => {},
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: (fields) => tellingLogger(tell, { ...always, ...fields }),
  };
}

/** What can be sent to another thread: of an error its text, of everything else what JSON says. */
const plain = (facts: object): object =>
  JSON.parse(
    JSON.stringify(facts, (_key, value: unknown) => (value instanceof Error ? value.stack : value)),
  );
