import { DAY_MS } from '../lib/clock.ts';
import { hoursProblems } from '../lib/hours.ts';
import { isZone } from '../lib/zone.ts';
import { type AgentConfig, MONTHLY_CAP_MAX, QUEUE_RANK_MAX } from '../model/agent.ts';
import type { CasualThreshold, QueueConfig } from '../model/queue.ts';
import { rangeProblems } from './within.ts';

/** What is wrong with an agent's limits and terms, as sentences. */
export function limitProblems(agent: AgentConfig): readonly string[] {
  const { zone, casual, dailyCallsMax, notReadyMsMax, unreachableSignOutMs } = agent;
  return [
    ...(zone === undefined ? [] : zoneProblems(zone)),
    ...ifGiven('dailyCallsMax', dailyCallsMax, 0, 10_000),
    ...ifGiven('notReadyMsMax', notReadyMsMax, 1_000, DAY_MS),
    ...ifGiven('unreachableSignOutMs', unreachableSignOutMs, 1_000, DAY_MS),
    ...ifGiven('casual.monthlyCap', casual?.monthlyCap, 0, MONTHLY_CAP_MAX),
    ...hoursProblems(casual?.hours ?? []).map((problem) => `casual.hours: ${problem}`),
  ];
}

export const rankProblems = ({ queueRanks = {} }: AgentConfig): readonly string[] =>
  Object.entries(queueRanks).flatMap(([id, rank]) =>
    rangeProblems(`queueRanks.${id}`, rank, 1, QUEUE_RANK_MAX),
  );

export const zoneProblems = (zone: string): readonly string[] =>
  isZone(zone) ? [] : [`zone ${zone} is unknown.`];

/** Without room between the two thresholds, casual agents would be let in and out at every call. */
export function thresholdProblems({ casualIn, casualOut }: QueueConfig): readonly string[] {
  return [
    ...figureProblems('casualIn', casualIn),
    ...figureProblems('casualOut', casualOut),
    ...(casualOut.ewtMs > casualIn.ewtMs
      ? [`casualOut.ewtMs ${casualOut.ewtMs} is above casualIn.ewtMs ${casualIn.ewtMs}.`]
      : []),
    ...(casualOut.serviceLevel < casualIn.serviceLevel
      ? [`casualOut.serviceLevel is below casualIn.serviceLevel ${casualIn.serviceLevel}.`]
      : []),
  ];
}

function figureProblems(name: string, { ewtMs, serviceLevel }: CasualThreshold): readonly string[] {
  const isShare = serviceLevel >= 0 && serviceLevel <= 1;
  return [
    ...rangeProblems(`${name}.ewtMs`, ewtMs, 0, DAY_MS),
    ...(isShare ? [] : [`${name}.serviceLevel is ${serviceLevel}, not 0 to 1.`]),
  ];
}

const ifGiven = (
  name: string,
  value: number | undefined,
  min: number,
  max: number,
): readonly string[] => (value === undefined ? [] : rangeProblems(name, value, min, max));
