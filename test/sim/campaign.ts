import { type SimulationResult, simulate } from './simulate.ts';

export interface CampaignOptions {
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly days: number;
  readonly events: number;
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
export function campaign({ seed, days, events, onDay }: CampaignOptions): CampaignResult {
  const figures: Record<string, number> = {};
  const violations: CampaignResult['violations'][number][] = [];
  let given = 0;
  for (let day = 0; day < days; day++) {
    const result = simulate({ seed: seed + day, events });
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
  return { seed, days, events: given, violations, figures };
}

/** What to type to see the day again, as small as it gets. */
export const reproduce = (seed: number, events: number): string =>
  `npm run simulate -- --seed ${seed} --events ${events} --shrink`;
