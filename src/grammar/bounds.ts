/** Whether the grammars can put the number into words. */
export function assertSpeakable(value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${value} is not a whole number from ${min} to ${max}`);
  }
}

const MINUTE_MS = 60_000;

/**
 * A wait in whole minutes, the way people speak of it: the lower end rounded down, the upper up, to five minutes
 * from ten on and to a quarter of an hour from an hour on. `from` is 0
 * when it may be over at once. Undefined: less than a minute.
 */
export function minutesOf(
  fromMs: number,
  toMs: number,
): { readonly from: number; readonly to: number } | undefined {
  if (toMs < MINUTE_MS) return undefined;
  const upper = Math.ceil(toMs / MINUTE_MS);
  const to = Math.ceil(upper / stepOf(upper)) * stepOf(upper);
  const lower = Math.floor(fromMs / MINUTE_MS);
  const from = Math.floor(lower / stepOf(lower)) * stepOf(lower);
  return { from: to === 1 ? 1 : Math.min(to, from), to };
}

/** The longer the wait, the rounder the figures. */
function stepOf(minutes: number): number {
  if (minutes <= 10) return 1;
  return minutes <= 60 ? 5 : 15;
}

/** Longer waits are hardly ever told as "less than …": those words are a piece by themselves then. */
export const LESS_THAN_MINUTES_MAX = 5;

/** The minutes that {@link minutesOf} comes to within an hour. */
export const WAIT_MINUTES: readonly number[] = [
  ...Array.from({ length: 10 }, (_, at) => at + 1),
  ...Array.from({ length: 10 }, (_, at) => 15 + at * 5),
];
