import type { Forecast } from './office.ts';

export interface Figures {
  readonly calls: number;
  /** Shares: answered within the range, before it, after it. */
  readonly within: number;
  readonly early: number;
  readonly late: number;
  /** Means, ms: of the wait; of the error of the range's middle, whichever way; of the range's width. */
  readonly waitMs: number;
  readonly errorMs: number;
  readonly widthMs: number;
  /** Above 0: callers waited longer than the middle of the range. */
  readonly biasMs: number;
  /** The mean error of app_queue's moving average for the same callers, and ours as a share of it. */
  readonly averageErrorMs: number;
  readonly errorRatio: number;
}

export function figuresOf(forecasts: readonly Forecast[]): Figures {
  const mean = (of: (forecast: Forecast) => number): number =>
    forecasts.reduce((sum, forecast) => sum + of(forecast), 0) / Math.max(1, forecasts.length);
  const off = ({ lowMs, highMs, actualMs }: Forecast): number => actualMs - (lowMs + highMs) / 2;
  const early = mean(({ lowMs, actualMs }) => (actualMs < lowMs ? 1 : 0));
  const late = mean(({ highMs, actualMs }) => (actualMs > highMs ? 1 : 0));
  const errorMs = mean((forecast) => Math.abs(off(forecast)));
  const averageErrorMs = mean(({ averageMs, actualMs }) => Math.abs(actualMs - averageMs));
  return {
    calls: forecasts.length,
    within: 1 - early - late,
    early,
    late,
    waitMs: mean(({ actualMs }) => actualMs),
    errorMs,
    widthMs: mean(({ lowMs, highMs }) => highMs - lowMs),
    biasMs: mean(off),
    averageErrorMs,
    errorRatio: errorMs / averageErrorMs,
  };
}
