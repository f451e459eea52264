import { WEEKDAYS } from '../lib/hours.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { dateOf, instantOf, isDate, isZone } from '../lib/zone.ts';
import type { ForecastInterval, ForecastOptions } from './forecast.ts';
import { AGENTS_MAX } from './staffing.ts';

/** The options of the command line as they were typed. */
export type Typed = Readonly<Record<string, string | boolean | undefined>>;

export type ForecastRequest = {
  readonly options: ForecastOptions;
} & (
  | { readonly kind: 'given'; readonly interval: ForecastInterval }
  | {
      readonly kind: 'history';
      /** Epoch milliseconds. */
      readonly from: number;
      readonly to: number;
      readonly zone: string;
      readonly queueId?: string;
      readonly weekdays?: readonly number[];
      readonly intervalSeconds: number;
    }
);

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** Reads what was typed; the errors name every option that is wrong. */
export function forecastRequest(typed: Typed): Result<ForecastRequest, readonly string[]> {
  const errors: string[] = [];
  const read = new Reader(typed, errors);
  const [level, within] = read.serviceLevel();
  const options: ForecastOptions = {
    goal: {
      serviceLevel: level,
      answerWithin: within,
      shortAbandon: read.number('short-abandon', 5, 0, 600),
    },
    shrinkage: read.number('shrinkage', 0, 0, 0.95),
    simulatedCalls: Math.round(read.number('simulated-calls', 4_000, 0, 1_000_000)),
    seed: Math.round(read.number('seed', 1, 0, 1e9)),
  };
  const intervalSeconds = read.duration('interval', 1_800, 60, 86_400);
  const isHistory = typed.from !== undefined || typed.to !== undefined;
  const request = isHistory
    ? history(read, typed, options, intervalSeconds, errors)
    : given(read, typed, options, intervalSeconds, errors);
  return errors.length > 0 ? err(errors) : ok(request);
}

function given(
  read: Reader,
  typed: Typed,
  options: ForecastOptions,
  seconds: number,
  errors: string[],
): ForecastRequest {
  for (const name of ['calls', 'aht']) {
    if (typed[name] === undefined) errors.push(`--${name} is needed, or --from and --to.`);
  }
  const calls = read.number('calls', 0, 0, 1e7);
  const handleTime = read.number('aht', 1, 1, 86_400);
  const patience = typed.patience === undefined ? undefined : read.number('patience', 0, 1, 86_400);
  const load = (calls / seconds) * handleTime;
  if (load > AGENTS_MAX / 2)
    errors.push(`${Math.round(load)} erlangs are more than can be planned.`);
  const interval = {
    label: `${seconds / 60} min`,
    seconds,
    calls,
    handleTime,
    ...(patience === undefined ? {} : { patience }),
  };
  return { kind: 'given', options, interval };
}

function history(
  read: Reader,
  typed: Typed,
  options: ForecastOptions,
  intervalSeconds: number,
  errors: string[],
): ForecastRequest {
  for (const name of ['calls', 'aht', 'patience']) {
    if (typed[name] !== undefined) errors.push(`--${name} comes from the history with --from.`);
  }
  const zone = String(typed.zone ?? 'UTC');
  if (!isZone(zone)) errors.push(`--zone takes a time zone as Europe/Madrid, not "${zone}".`);
  const [from, to] = isZone(zone) ? [read.date('from', zone), read.date('to', zone)] : [0, 0];
  // A day that is none has been told of.
  if (from >= to) errors.push('--to must be a day after --from: it is not counted any more.');
  const weekdays = read.weekdays();
  return {
    kind: 'history',
    options,
    from,
    to,
    zone,
    intervalSeconds,
    ...(typed.queue === undefined ? {} : { queueId: String(typed.queue) }),
    ...(weekdays ? { weekdays } : {}),
  };
}

class Reader {
  readonly #typed: Typed;
  readonly #errors: string[];

  constructor(typed: Typed, errors: string[]) {
    this.#typed = typed;
    this.#errors = errors;
  }

  number(name: string, byDefault: number, min: number, max: number): number {
    const text = this.#typed[name];
    if (text === undefined) return byDefault;
    const value = /^-?\d+(\.\d+)?$/.test(String(text)) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.#errors.push(`--${name} takes a number from ${min} to ${max}, not "${text}".`);
    return byDefault;
  }

  /** `30m`, `900s`, `1h`; a bare number is minutes. In seconds. */
  duration(name: string, byDefault: number, min: number, max: number): number {
    const text = this.#typed[name];
    if (text === undefined) return byDefault;
    const [, digits, unit = 'm'] = /^(\d+)([smh])?$/.exec(String(text)) ?? [];
    const seconds = Number(digits ?? Number.NaN) * (SECONDS[unit] ?? 60);
    if (seconds >= min && seconds <= max) return seconds;
    this.#errors.push(`--${name} takes a time as 30m, 900s or 1h, up to a day, not "${text}".`);
    return byDefault;
  }

  /** `80/20`: so many percent answered within so many seconds. */
  serviceLevel(): [number, number] {
    const text = String(this.#typed.sl ?? '80/20');
    const [, percent, seconds] = /^(\d+(?:\.\d+)?)\/(\d+)$/.exec(text) ?? [];
    const share = Number(percent ?? Number.NaN) / 100;
    if (share > 0 && share < 1) return [share, Number(seconds)];
    this.#errors.push(`--sl takes percent/seconds as 80/20, between 0 and 100 %, not "${text}".`);
    return [0.8, 20];
  }

  /** A local day's first instant; NaN: it is none. */
  date(name: string, zone: string): number {
    const text = String(this.#typed[name] ?? '');
    if (isDate(text)) return instantOf(zone, dateOf(text));
    this.#errors.push(
      text === ''
        ? `--${name} is needed beside --${name === 'to' ? 'from' : 'to'}: a day as 2026-11-20.`
        : `--${name} takes a day as 2026-11-20, not "${text}".`,
    );
    return Number.NaN;
  }

  /** `mon,tue`. */
  weekdays(): readonly number[] | undefined {
    const text = this.#typed.weekday;
    if (text === undefined) return undefined;
    const weekdays: readonly string[] = WEEKDAYS;
    const days = String(text)
      .split(',')
      .map((name) => weekdays.indexOf(name.trim().toLowerCase()));
    if (!days.includes(-1)) return days;
    this.#errors.push(`--weekday takes ${WEEKDAYS.join(', ')}, not "${text}".`);
    return undefined;
  }
}
