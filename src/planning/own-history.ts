import { localTime } from '../lib/zone.ts';
import type { AgentStateRecord } from '../model/agent.ts';
import type { RecordedCall, RecordedDay } from '../model/recorded-day.ts';
import type { ForecastInterval } from './forecast.ts';

const DAY_S = 86_400;
/** With fewer conversations than this, an interval's own handle time is chance. */
const ANSWERED_MIN = 10;

export interface HistoryOptions {
  readonly queueId?: string;
  readonly intervalSeconds: number;
  /** IANA name: whose clock the intervals are of. */
  readonly zone: string;
  /** 0 Sunday to 6 Saturday; absent: every day. */
  readonly weekdays?: readonly number[];
}

/**
 * What an average day of that history asks for, interval by interval of the local clock. Handle times are talk and
 * after-call work as recorded; where an interval has few, the whole history's mean stands in. Intervals without
 * a single call are left out. Throws where calls came and nobody was answered: how long they take is not known.
 */
export function intervalsOf(
  recorded: RecordedDay,
  options: HistoryOptions,
): readonly ForecastInterval[] {
  const { queueId, intervalSeconds, zone, weekdays } = options;
  const wrapUps = wrapUpTimes(recorded.agentStates);
  const slots = new Map<number, RecordedCall[]>();
  const own = recorded.calls.filter((call) => queueId === undefined || call.queueId === queueId);
  const counted = own.filter(({ queuedAt }) => isWanted(zone, queuedAt, weekdays));
  for (const call of counted) {
    const slot = Math.floor(secondOfDay(zone, call.queuedAt) / intervalSeconds);
    const known = slots.get(slot);
    if (known) known.push(call);
    else slots.set(slot, [call]);
  }
  const days = daysIn(recorded, zone, weekdays);
  const usual = handleTimes(counted, wrapUps);
  if (counted.length > 0 && usual.length === 0) {
    throw new RangeError('No call of that history was answered: how long calls take is not known.');
  }
  const patience = patienceOf(counted);
  return [...slots]
    .sort(([a], [b]) => a - b)
    .map(([slot, calls]) => {
      const times = handleTimes(calls, wrapUps);
      const typical = times.length >= ANSWERED_MIN ? times : usual;
      return {
        label: clock(slot * intervalSeconds),
        seconds: intervalSeconds,
        calls: calls.length / days,
        handleTime: mean(typical),
        handleTimes: typical,
        ...(patience === undefined ? {} : { patience }),
      };
    });
}

/**
 * Mean patience in seconds: all the time that callers waited, over how many gave up. Who was answered would have
 * waited longer, nobody knows how long: that is what the estimator allows for, if patience has no memory (maximum
 * likelihood of a censored exponential). Undefined: nobody gave up.
 */
export function patienceOf(calls: readonly RecordedCall[]): number | undefined {
  const abandoned = calls.filter(({ outcome }) => outcome === 'abandoned').length;
  const waitedMs = calls.reduce((sum, { waitMs }) => sum + waitMs, 0);
  return abandoned === 0 ? undefined : Math.max(1, waitedMs / abandoned / 1_000);
}

/** How long the after-call work of each call was, in milliseconds: until the agent's next change of state. */
export function wrapUpTimes(states: readonly AgentStateRecord[]): ReadonlyMap<string, number> {
  const begun = new Map<string, AgentStateRecord>();
  const times = new Map<string, number>();
  for (const state of states) {
    const before = begun.get(state.agentId);
    if (before?.kind === 'wrapUp' && before.callId) times.set(before.callId, state.at - before.at);
    begun.set(state.agentId, state);
  }
  return times;
}

const handleTimes = (
  calls: readonly RecordedCall[],
  wrapUps: ReadonlyMap<string, number>,
): readonly number[] =>
  calls.flatMap(({ callId, talkMs }) =>
    talkMs === undefined ? [] : [(talkMs + (wrapUps.get(callId) ?? 0)) / 1_000],
  );

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;

function secondOfDay(zone: string, at: number): number {
  const { hour, minute, second } = localTime(zone, at);
  return hour * 3_600 + minute * 60 + second;
}

function isWanted(zone: string, at: number, weekdays: readonly number[] | undefined): boolean {
  if (!weekdays) return true;
  const { year, month, day } = localTime(zone, at);
  return weekdays.includes(new Date(Date.UTC(year, month - 1, day)).getUTCDay());
}

/** How many of the wanted days the history has, begun ones included. */
function daysIn(
  { from, to }: RecordedDay,
  zone: string,
  weekdays: readonly number[] | undefined,
): number {
  let days = 0;
  for (
    let noon = from + (DAY_S / 2) * 1_000;
    noon < to + (DAY_S / 2) * 1_000;
    noon += DAY_S * 1_000
  )
    if (isWanted(zone, noon, weekdays)) days++;
  return Math.max(1, days);
}

const clock = (second: number): string =>
  `${String(Math.floor(second / 3_600)).padStart(2, '0')}:${String(Math.floor((second % 3_600) / 60)).padStart(2, '0')}`;
