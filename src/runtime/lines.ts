import type { Clock, Timer } from '../lib/clock.ts';
import type { CallId, QueueId } from '../model/ids.ts';

/** Positions change for everybody behind whoever leaves: they are told so often, and not more. */
const EVERY_MS = 500;
/** So many of a line; those behind them learn their position when something else of theirs changes. */
const SHOWN_MAX = 200;

/** Tells the order of queues' lines when it has changed: once in a while, whatever happened in between. */
export class Lines {
  readonly #clock: Clock;
  readonly #lineOf: (id: QueueId, max: number) => readonly CallId[];
  readonly #tell: (id: QueueId, line: readonly CallId[]) => void;
  readonly #touched = new Set<QueueId>();
  readonly #told = new Map<QueueId, string>();
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    lineOf: (id: QueueId, max: number) => readonly CallId[],
    tell: (id: QueueId, line: readonly CallId[]) => void,
  ) {
    this.#clock = clock;
    this.#lineOf = lineOf;
    this.#tell = tell;
  }

  touch(id: QueueId): void {
    this.#touched.add(id);
    this.#timer ??= this.#clock.after(EVERY_MS, () => this.#tellAll());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #tellAll(): void {
    this.#timer = undefined;
    for (const id of this.#touched) {
      const line = this.#lineOf(id, SHOWN_MAX);
      const text = line.join();
      if (text === (this.#told.get(id) ?? '')) continue;
      if (text === '') this.#told.delete(id);
      else this.#told.set(id, text);
      this.#tell(id, line);
    }
    this.#touched.clear();
  }
}
