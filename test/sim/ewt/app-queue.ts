/**
 * The estimate of Asterisk's app_queue (`apps/app_queue.c`): the hold time is a moving average of the waits of
 * answered callers, a quarter of which is the newest (`recalc_holdtime`); a caller is told its distance from what
 * they have waited (`say_position`, by `labs`), which is why it grows again once it has passed.
 */
export class AppQueue {
  #holdMs = 0;
  #answered = false;

  answered(waitMs: number): void {
    this.#holdMs = this.#answered ? (3 * this.#holdMs + waitMs) / 4 : waitMs;
    this.#answered = true;
  }

  toWait(waitedMs: number): number {
    return Math.abs(this.#holdMs - waitedMs);
  }
}
