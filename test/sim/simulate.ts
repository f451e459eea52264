import type { Lots } from './audit/lots.ts';
import type { Figures } from './audit/model.ts';
import type { RecordedArrival } from './history.ts';
import { Random } from './random.ts';
import { type EngineMaker, Run, type ScriptStep } from './run.ts';
import { World } from './world/world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Commands to give before the doors close and the day runs out. */
  readonly events: number;
  /** The real engine, unless another is to be looked at. */
  readonly engine?: EngineMaker;
  /** Recorded arrivals to replay, instead of those that the seed would make up. */
  readonly arrivals?: readonly RecordedArrival[];
}

export interface SimulationResult {
  readonly seed: number;
  readonly events: number;
  /** Sentences with the event at which they became true; the run ends at the first. */
  readonly violations: readonly string[];
  /** Of every change in order: the same seed gives the same digest. */
  readonly digest: string;
  readonly figures: Figures;
  /** A day has few: a campaign looks at all of its days together. */
  readonly lots: Lots;
}

/** However long the day runs out, it ends: queues, rings and calls all have limits. */
const RUN_OUT_EVENTS_MAX = 200_000;

/** One simulated day: the real engine, a virtual clock, and a world that a seed decides. */
export function simulate(options: SimulationOptions): SimulationResult {
  return new Simulation(options).play();
}

/** The steps of the day up to the first violation: what a shrinker makes smaller. */
export function scriptOf(options: SimulationOptions): readonly ScriptStep[] {
  const simulation = new Simulation(options);
  simulation.play();
  return simulation.run.script;
}

class Simulation {
  readonly run: Run;
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #world: World;
  #events = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#world = new World(options.seed ^ 0x5eed, options.arrivals);
    this.run = new Run(options.engine);
    this.run.begin(new Random(options.seed).fork('lots').between(0, 0xffff_ffff));
  }

  play(): SimulationResult {
    const { run } = this;
    const { seed, events } = this.#options;
    while (this.#events < events && this.#step());
    this.#world.closeDoors();
    for (let n = 0; n < RUN_OUT_EVENTS_MAX && run.callsOpen > 0 && this.#step(); n++);
    if (run.violations.length === 0) run.finish();
    const { violations, figures, lots } = run;
    return { seed, events: this.#events, violations, digest: run.digest(), figures, lots };
  }

  /** Whatever comes first: the world or a deadline. False: the day is over, or something is wrong. */
  #step(): boolean {
    const { run } = this;
    if (run.violations.length > 0) return false;
    const deadline = run.nextDeadline;
    const worldAt = this.#world.peek() ?? Number.POSITIVE_INFINITY;
    if (deadline === Number.POSITIVE_INFINITY && worldAt === deadline) return false;
    // The ticker is late at times, and then the world may come before it.
    const tickAt = this.#random.chance(0.1) ? deadline + this.#random.between(1, 3_000) : deadline;
    if (tickAt <= worldAt) this.#give(tickAt, { type: 'tick' });
    else {
      const command = this.#world.next()?.command();
      if (command) this.#give(worldAt, command);
    }
    if (this.#random.chance(0.02)) run.restart(this.#random.chance(0.5) ? 'journal' : 'snapshot');
    return true;
  }

  #give(at: number, command: Parameters<Run['give']>[1]): void {
    this.#events++;
    // Clocks are set back at times; the engine's own never goes back.
    const told = this.#random.chance(0.01) ? at - this.#random.between(1, 2_000) : at;
    const changes = this.run.give(told, command)?.changes ?? [];
    for (const change of changes) this.#world.react(this.run.now, change);
  }
}
