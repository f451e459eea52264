import type { HoursSpan, WeeklyHours } from '../../../src/lib/hours.ts';
import { WEEKDAYS } from '../../../src/lib/hours.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import type { MakePart } from './part.ts';

/** The month begins in the first minutes of the day, an hour later, two hours later, or where clocks are changed then. */
const ZONES = ['Europe/Madrid', 'UTC', 'Atlantic/Azores', 'Africa/Cairo'];

/** Casual agents with tiny budgets and odd hours, agents with limits, at the end of a month. */
export const casual: MakePart = (_stage, random) => {
  const clock = (from: number): string => {
    const minutes = (from + random.between(0, 36) * 5) % 1_440;
    const two = (figure: number): string => String(figure).padStart(2, '0');
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  };
  /** Around midnight, when the day is played. */
  const span = (): HoursSpan => ({
    days: WEEKDAYS.filter(() => random.chance(0.8)).concat('wed'),
    from: clock(22 * 60),
    to: clock(23 * 60),
  });
  const hours = (): WeeklyHours => Array.from({ length: random.between(1, 3) }, span);

  const terms = (): Partial<AgentConfig> => ({
    zone: random.pick(ZONES),
    casual: {
      monthlyCap: random.between(0, 6),
      ...(random.chance(0.5) ? { hours: hours() } : {}),
      ...(random.chance(0.5) ? { alwaysOn: true } : {}),
    },
  });
  const limits = (): Partial<AgentConfig> => ({
    ...(random.chance(0.3) ? { dailyCallsMax: random.between(0, 8) } : {}),
    ...(random.chance(0.2) ? { notReadyMsMax: random.between(1_000, 30_000) } : {}),
    ...(random.chance(0.3) ? { unreachableSignOutMs: random.between(1_000, 30_000) } : {}),
  });
  const thresholds = (): Partial<QueueConfig> => {
    const ewtMs = random.pick([0, 5_000, 120_000]);
    const serviceLevel = random.pick([0, 0.6, 0.9]);
    return {
      casualIn: { ewtMs, serviceLevel },
      casualOut: { ewtMs: Math.floor(ewtMs / 2), serviceLevel: Math.min(1, serviceLevel + 0.1) },
    };
  };

  const share = random.pick([0, 0.2, 0.5]);
  return {
    queueTraits: thresholds,
    agentTraits: () => ({ ...limits(), ...(random.chance(share) ? terms() : {}) }),
  };
};
