import { setTimeout as delay } from 'node:timers/promises';

/** Generous on purpose: a test machine may be busy, and waiting costs nothing when the event comes. */
export const LIMIT_MS = 20_000;
const POLL_MS = 20;

/** Waits until `probe` gives something other than undefined or false; the error says what was waited for. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await delay(POLL_MS);
  }
}

/** The promise's value, or an error after the limit. */
export async function within<T>(what: string, promise: Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  const stop = new AbortController();
  const late = delay(limitMs, undefined, { signal: stop.signal }).then(
    () => Promise.reject(new Error(`Waited ${limitMs} ms in vain: ${what}`)),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}

/** Lets time pass. Only for "nothing happens meanwhile"; whatever does happen is waited for by its event. */
export const pause = (ms: number): Promise<void> => delay(ms);
