import type { Clock, Timer } from './clock.ts';

export interface TroubleOptions {
  readonly clock: Clock;
  begins(error: unknown): void;
  over(): void;
}

/** It has to stay away for so long. */
const CALM_MS = 10_000;

/**
 * A trouble that comes and goes is told once, and once more when it has stayed away for a while: a disk with hardly any
 * room takes every other write.
 */
export class Trouble {
  readonly #options: TroubleOptions;
  #isOn = false;
  #calm: Timer | undefined;

  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  /** Told, and not over. */
  get isOn(): boolean {
    return this.#isOn;
  }

  failed(error: unknown): void {
    this.close();
    if (this.#isOn) return;
    this.#isOn = true;
    this.#options.begins(error);
  }

  worked(): void {
    if (!this.#isOn || this.#calm) return;
    this.#calm = this.#options.clock.after(CALM_MS, () => {
      this.#calm = undefined;
      this.#isOn = false;
      this.#options.over();
    });
  }

  /** Says nothing more. */
  close(): void {
    this.#calm?.cancel();
    this.#calm = undefined;
  }
}
