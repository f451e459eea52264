import type { Clock, Timer } from './clock.ts';

/**
 * Resolves when the work is done or the time is up, whichever comes first: with what came of it, or undefined. Work
 * that fails rejects.
 */
export async function within<T>(
  clock: Clock,
  limitMs: number,
  work: Promise<T>,
): Promise<T | undefined> {
  let timer: Timer | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = clock.after(limitMs, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    timer?.cancel();
  }
}
