import type { Clock, Timer } from './clock.ts';

/** Resolves when the work is done or the time is up, whichever comes first. Work that fails rejects. */
export async function within(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: Timer | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = clock.after(limitMs, resolve);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    timer?.cancel();
  }
}
