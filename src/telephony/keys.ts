import type { Clock } from '../lib/clock.ts';

/** How a key came: as an RFC 4733 event, by SIP INFO, or as a tone in the audio. */
export type KeySource = 'rtp' | 'info' | 'tone';

/**
 * A press that came another way is the same one if it is no older than this: INFO and events are sent when the key is
 * let go, a tone is heard at once, and nobody holds a key for longer.
 */
const SAME_PRESS_MS = 1_500;
const PRESSES_MAX = 16;
/** Faster than any dialler for longer than a number is not a person: 20 keys a second, and 40 at once. */
const KEYS_PER_SECOND = 20;
const KEYS_AT_ONCE = 40;
/** While keys are dropped, so often at most is it said. */
const DROPS_EACH_MS = 500;

interface Press {
  readonly key: string;
  readonly at: number;
  readonly sources: Set<KeySource>;
}

/**
 * The keys of one far end, each press once, and not more than a person can press.
 *
 * The rule for a phone that sends two ways at once: a key is a press of its own, unless an earlier press of the same
 * key, not older than `SAME_PRESS_MS`, has not yet come *this* way; then it is that one. A phone that sends one way
 * only is never touched by it, however fast the same key is pressed again.
 */
export class Keys {
  readonly #clock: Clock;
  readonly #onKey: (key: string) => void;
  readonly #onDrop: (first: boolean) => void;
  #presses: Press[] = [];
  #allowance = KEYS_AT_ONCE;
  #countedAt: number;
  #droppedAt: number | undefined;

  /** `onDrop` is called for the first key that is dropped, and twice a second while more are. */
  constructor(clock: Clock, onKey: (key: string) => void, onDrop: (first: boolean) => void) {
    this.#clock = clock;
    this.#onKey = onKey;
    this.#onDrop = onDrop;
    this.#countedAt = clock.now();
  }

  press(key: string, source: KeySource): void {
    if (!/^[0-9*#A-D]$/.test(key)) return;
    const now = this.#clock.now();
    this.#presses = this.#presses.filter(({ at }) => now - at <= SAME_PRESS_MS);
    const same = this.#presses.find((press) => press.key === key && !press.sources.has(source));
    if (same) {
      same.sources.add(source);
      return;
    }
    if (!this.#allowed(now)) return this.#drop(now);
    this.#presses.push({ key, at: now, sources: new Set([source]) });
    if (this.#presses.length > PRESSES_MAX) this.#presses.shift();
    this.#onKey(key);
  }

  #allowed(now: number): boolean {
    const earned = ((now - this.#countedAt) * KEYS_PER_SECOND) / 1_000;
    this.#allowance = Math.min(KEYS_AT_ONCE, this.#allowance + earned);
    this.#countedAt = now;
    if (this.#allowance < 1) return false;
    this.#allowance -= 1;
    return true;
  }

  #drop(now: number): void {
    const before = this.#droppedAt;
    if (before !== undefined && now - before < DROPS_EACH_MS) return;
    this.#droppedAt = now;
    this.#onDrop(before === undefined);
  }
}
