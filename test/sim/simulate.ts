import { createHash } from 'node:crypto';
import type { Command } from '../../src/acd/commands.ts';
import { type Applied, Engine } from '../../src/acd/engine.ts';
import { Audit, type Figures } from './audit.ts';
import { Random } from './random.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Commands to give before the doors close and the day runs out. */
  readonly events: number;
}

export interface SimulationResult {
  readonly seed: number;
  readonly events: number;
  /** Sentences with the event at which they became true; the run ends at the first. */
  readonly violations: readonly string[];
  /** Of every change in order: the same seed gives the same digest. */
  readonly digest: string;
  readonly figures: Figures & { readonly restarts: number };
}

/** However long the day runs out, it ends: queues, rings and calls all have limits. */
const RUN_OUT_EVENTS_MAX = 200_000;
/** After a restart, so many commands are given to the engine before it too. */
const TWIN_STEPS = 40;
const START = 1_700_000_000_000;

/** One simulated day: the real engine, a virtual clock, and a world that a seed decides. */
export function simulate({ seed, events }: SimulationOptions): SimulationResult {
  const run = new Simulation(seed);
  while (run.events < events && run.step());
  run.closeDoors();
  for (let n = 0; n < RUN_OUT_EVENTS_MAX && run.callsOpen > 0 && run.step(); n++);
  return run.result();
}

class Simulation {
  events = 0;
  readonly #seed: number;
  readonly #random: Random;
  readonly #world: World;
  readonly #audit = new Audit();
  readonly #digest = createHash('sha256');
  readonly #violations: string[] = [];
  #engine = Engine.create();
  /** A saved state and every command since: what the journal has on disk. */
  #saved = this.#engine.serialize();
  #journal: { readonly at: number; readonly command: Command }[] = [];
  #restarts = 0;
  #now = 0;
  /** The engine that did not die: for a while it is told the same, and must say the same. */
  #twin: { readonly engine: Engine; stepsLeft: number } | undefined;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#world = new World(new Random(seed ^ 0x5eed));
  }

  get callsOpen(): number {
    return this.#audit.callsOpen;
  }

  closeDoors(): void {
    this.#world.open = false;
  }

  /** Whatever comes first: the world or a deadline. False: the day is over, or something is wrong. */
  step(): boolean {
    if (this.#violations.length > 0) return false;
    const deadline = this.#engine.nextDeadline() ?? Number.POSITIVE_INFINITY;
    const worldAt = (this.#world.peek() ?? Number.POSITIVE_INFINITY) + START;
    if (deadline === Number.POSITIVE_INFINITY && worldAt === deadline) return false;
    // The ticker is late at times, and then the world may come before it.
    const tickAt = this.#random.chance(0.1) ? deadline + this.#random.between(1, 3_000) : deadline;
    if (tickAt <= worldAt) this.#give(tickAt, { type: 'tick' });
    else {
      const command = this.#world.next()?.command();
      if (command) this.#give(worldAt, command);
    }
    if (this.#random.chance(0.02)) this.#restart();
    return true;
  }

  result(): SimulationResult {
    if (this.#violations.length === 0 && this.callsOpen > 0)
      this.#violations.push('The day has no end.');
    return {
      seed: this.#seed,
      events: this.events,
      violations: this.#violations,
      digest: this.#digest.digest('hex').slice(0, 16),
      figures: { ...this.#audit.figures, restarts: this.#restarts },
    };
  }

  #give(at: number, command: Command): void {
    this.events++;
    // Clocks are set back at times; the engine's own never goes back.
    const told = this.#random.chance(0.01) ? at - this.#random.between(1, 2_000) : at;
    this.#journal.push({ at: told, command });
    const quiet = told === at && (this.#engine.nextDeadline() ?? Number.POSITIVE_INFINITY) > at;
    const applied = this.#apply(told, command);
    if (!applied) return;
    const now = Math.max(told, this.#now);
    this.#now = now;
    const said = JSON.stringify(applied);
    this.#digest.update(said);
    this.#compareTwin(told, command, said);
    this.#report(this.#audit.check(now, command, applied, quiet));
    this.#report(this.#engine.brokenInvariants());
    for (const change of applied.changes) this.#world.react(now - START, change);
  }

  #apply(at: number, command: Command): Applied | undefined {
    try {
      return this.#engine.apply(at, command);
    } catch (error) {
      this.#report([String(error)]);
      return undefined;
    }
  }

  /** The process dies: the new one replays the journal, and must have the same engine to the byte. */
  #restart(): void {
    this.#restarts++;
    const reborn = Engine.restore(this.#saved);
    for (const { at, command } of this.#journal) reborn.apply(at, command);
    const bytes = this.#engine.serialize();
    if (reborn.serialize() !== bytes) this.#report(['The replay gave other bytes.']);
    if (Engine.restore(bytes).serialize() !== bytes) this.#report(['Restoring gave other bytes.']);
    this.#twin = { engine: this.#engine, stepsLeft: TWIN_STEPS };
    this.#engine = this.#random.chance(0.5) ? reborn : Engine.restore(bytes);
    this.#saved = bytes;
    this.#journal = [];
  }

  #compareTwin(at: number, command: Command, said: string): void {
    if (!this.#twin || this.#twin.stepsLeft-- <= 0) return;
    const other = JSON.stringify(this.#twin.engine.apply(at, command));
    if (other !== said) this.#report(['The engine that did not restart does something else.']);
  }

  #report(problems: readonly string[]): void {
    for (const problem of problems) this.#violations.push(`event ${this.events}: ${problem}`);
  }
}
