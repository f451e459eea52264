import { NO_LOTS, together, unevenLots } from './audit/lots.ts';
import type { EngineMaker } from './run.ts';
import { type SimulationResult, simulate } from './simulate.ts';

export interface CampaignOptions {
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly days: number;
  readonly events: number;
  /** The real engine, unless another is to be looked at. */
  readonly engine?: EngineMaker;
  /** Told of each day. */
  readonly onDay?: (result: SimulationResult) => void;
}

export interface CampaignResult {
  readonly seed: number;
  readonly days: number;
  readonly events: number;
  readonly violations: readonly {
    readonly seed: number;
    readonly violation: string;
    readonly command: string;
  }[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Many days, one seed after the other. The failing ones say how to see them again. */
export function campaign(options: CampaignOptions): CampaignResult {
  const { seed, days, events, onDay, ...rest } = options;
  const figures: Record<string, number> = {};
  const violations: CampaignResult['violations'][number][] = [];
  let given = 0;
  let lots = NO_LOTS;
  for (let day = 0; day < days; day++) {
    const result = simulate({ seed: seed + day, events, ...rest });
    lots = together(lots, result.lots);
    given += result.events;
    for (const [name, count] of Object.entries(result.figures)) {
      figures[name] = (figures[name] ?? 0) + count;
    }
    const [violation] = result.violations;
    if (violation !== undefined) {
      violations.push({ seed: seed + day, violation, command: reproduce(seed + day, events) });
    }
    onDay?.(result);
  }
  for (const violation of violations.length === 0 ? unevenLots(lots) : []) {
    const command = `npm run simulate -- --campaign ${days} --seed ${seed} --events ${events}`;
    violations.push({ seed, violation, command });
  }
  return { seed, days, events: given, violations, figures };
}

/** What to type to see the day again, as small as it gets. */
export const reproduce = (seed: number, events: number): string =>
  `npm run simulate -- --seed ${seed} --events ${events} --shrink`;
