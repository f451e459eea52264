/** Whether the grammars can put the number into words. */
export function assertSpeakable(value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${value} is not a whole number from ${min} to ${max}`);
  }
}

const MINUTE_MS = 60_000;

/**
 * A wait in whole minutes, the way people speak of it: the lower end rounded down, the upper up. Undefined: less
 * than a minute.
 */
export function minutesOf(
  fromMs: number,
  toMs: number,
): { readonly from: number; readonly to: number } | undefined {
  if (toMs < MINUTE_MS) return undefined;
  const to = Math.ceil(toMs / MINUTE_MS);
  const from = Math.min(to, Math.max(1, Math.floor(fromMs / MINUTE_MS)));
  return { from, to };
}
