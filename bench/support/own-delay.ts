import { monitorEventLoopDelay } from 'node:perf_hooks';
import { round } from './percentiles.ts';

const RESOLUTION_MS = 10;

/**
 * How late the timers of this process are, from now until it is asked: what a client of a bench adds by itself to
 * whatever it measures, be it busy or not let onto a processor.
 */
export function watchOwnDelay(): () => { readonly p50: number; readonly p99: number } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return () => {
    delay.disable();
    // What is counted is the time between two timers.
    const late = (share: number) =>
      round(Math.max(0, delay.percentile(share) / 1e6 - RESOLUTION_MS));
    return { p50: late(50), p99: late(99) };
  };
}
