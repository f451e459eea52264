import type { Clock } from './clock.ts';

/** Lets so much time pass. */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

/** Until it holds, which is looked at every so often, or the time is up. */
export async function waitUntil(
  clock: Clock,
  holds: () => boolean,
  { limitMs, everyMs }: { readonly limitMs: number; readonly everyMs: number },
): Promise<void> {
  for (const end = clock.now() + limitMs; !holds() && clock.now() < end; ) {
    await pause(clock, everyMs);
  }
}
