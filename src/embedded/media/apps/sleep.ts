import type { Activity } from '../channel/activity.ts';

const MS_MAX = 86_400_000;

/** `sleep <ms>`. */
export class SleepActivity implements Activity {
  #ticks: number;
  #finish: () => void = () => undefined;

  constructor(data: string) {
    this.#ticks = Math.ceil(Math.min(MS_MAX, Math.max(0, Number.parseInt(data, 10) || 0)) / 20);
  }

  start(finish: () => void): void {
    this.#finish = finish;
    if (this.#ticks === 0) finish();
  }

  tick(): void {
    if (--this.#ticks <= 0) this.#finish();
  }

  interrupt(): void {
    this.#finish();
  }
}
