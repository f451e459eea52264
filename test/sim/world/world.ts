import type { Change } from '../../../src/acd/changes.ts';
import type { RecordedArrival } from '../history.ts';
import { Random } from '../random.ts';
import { PARTS } from './parts.ts';
import { Stage, type WorldEvent } from './stage.ts';

/** The world around the engine: callers who lose patience, agents who are people, a network that repeats itself. */
export class World {
  readonly #stage: Stage;

  constructor(seed: number, history?: readonly RecordedArrival[]) {
    const random = new Random(seed);
    this.#stage = new Stage(random, history);
    const stage = this.#stage;
    stage.parts = Object.entries(PARTS).map(([name, make]) => make(stage, random.fork(name)));
    const queues = Array.from({ length: random.between(2, 5) }, (_, n) => stage.makeQueue(n));
    stage.queues = queues;
    const agents = Array.from({ length: random.between(3, 14) }, (_, n) => stage.makeAgent(n));
    const first = stage.configure({ queues, agents });
    stage.plan(stage.start, () => first);
    for (const part of stage.parts) part.begin?.();
    this.#planUpheaval(stage.start + random.around(30_000), random);
  }

  closeDoors(): void {
    this.#stage.open = false;
  }

  next(): WorldEvent | undefined {
    return this.#stage.next();
  }

  peek(): number | undefined {
    return this.#stage.peek();
  }

  /** The world's answer to what the engine did. */
  react(now: number, change: Change): void {
    for (const part of this.#stage.parts) part.react?.(now, change);
  }

  /** From time to time somebody changes the configuration, a phone is lost, or nonsense arrives. */
  #planUpheaval(at: number, random: Random): void {
    this.#stage.plan(at, () => {
      if (!this.#stage.open) return undefined;
      this.#planUpheaval(at + random.around(25_000), random);
      return random.pick(this.#stage.parts.filter((part) => part.upheaval)).upheaval?.(at);
    });
  }
}
