import type { Command } from '../../src/acd/commands.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue.ts';
import { type EngineMaker, Run, type ScriptStep } from './run.ts';

export interface Shrunk {
  readonly script: readonly ScriptStep[];
  readonly violation: string;
  /** How often the day was played to get there. */
  readonly tries: number;
}

/** So many steps are performed at most: a long day is tried less often than a short one. */
const STEPS_MAX = 2_000_000;

/** Performs the steps until the first violation, and says how many that took; none: every rule held. */
export function perform(
  script: readonly ScriptStep[],
  engine?: EngineMaker,
): { readonly violation?: string; readonly steps: number } {
  const run = new Run(engine);
  for (const [index, step] of script.entries()) {
    run.perform(step);
    const [violation] = run.violations;
    if (violation !== undefined) return { violation, steps: index + 1 };
  }
  return { steps: script.length };
}

/** What a violation is about, whoever it happened to: `event 12: R4 call c1 …` → `R4 call _ …`. */
const kindOf = (violation: string): string =>
  violation.replace(/^event \d+: /, '').replace(/\b[a-z]+\d+(#\d+)?\b/g, '_');

/**
 * Drops commands while the same rule stays broken in the same way: what is left is what it takes. First all that
 * one caller or one agent did, then ever smaller stretches, then agents and queues from configurations.
 */
export function shrink(script: readonly ScriptStep[], engine?: EngineMaker): Shrunk {
  const shrinker = new Shrinker(script, engine);
  const found = shrinker.shrink();
  return { script: found, violation: shrinker.violation, tries: shrinker.tries };
}

class Shrinker {
  tries = 0;
  #steps = 0;
  violation: string;
  readonly #engine: EngineMaker | undefined;
  readonly #kind: string;
  #best: readonly ScriptStep[];

  constructor(script: readonly ScriptStep[], engine: EngineMaker | undefined) {
    this.#engine = engine;
    const { violation, steps } = perform(script, engine);
    if (violation === undefined) throw new Error('There is nothing to shrink: every rule held.');
    this.violation = violation;
    this.#best = script.slice(0, steps);
    this.#kind = kindOf(violation);
  }

  shrink(): readonly ScriptStep[] {
    for (let before = -1; before !== this.#size() && this.#steps < STEPS_MAX; ) {
      before = this.#size();
      this.#dropWhole();
      this.#dropStretches();
      this.#dropConfigured();
    }
    return this.#best;
  }

  /** True: it is still broken without them, and they are gone. */
  #try(candidate: readonly ScriptStep[]): boolean {
    if (this.#steps >= STEPS_MAX) return false;
    this.tries++;
    const { violation, steps } = perform(candidate, this.#engine);
    this.#steps += steps;
    if (violation === undefined || kindOf(violation) !== this.#kind) return false;
    // Nothing after the violation is needed.
    this.#best = candidate.slice(0, steps);
    this.violation = violation;
    return true;
  }

  /** All steps of ever fewer callers and agents. */
  #dropWhole(): void {
    const owners = [...new Set(this.#best.map(ownerOf))].filter((owner) => owner !== undefined);
    inChunks(owners, (chunk) => {
      const dropped = new Set<string | undefined>(chunk);
      return this.#try(this.#best.filter((step) => !dropped.has(ownerOf(step))));
    });
  }

  #dropStretches(): void {
    inChunks([...this.#best], (chunk) => {
      const dropped = new Set(chunk);
      return this.#try(this.#best.filter((step) => !dropped.has(step)));
    });
  }

  #dropConfigured(): void {
    for (let index = 0; index < this.#best.length; index++) {
      const step = this.#best[index];
      if (!step || !('command' in step) || step.command.type !== 'configure') continue;
      const { queues, agents } = step.command;
      for (const queue of queues) {
        this.#replaceConfigure(index, (c) => withoutQueue(c, queue.id));
        for (const field of Object.keys(QUEUE_DEFAULTS)) {
          this.#replaceConfigure(index, (c) => withDefault(c, queue.id, field));
        }
      }
      for (const { id } of agents) {
        this.#replaceConfigure(index, (c) => ({
          ...c,
          agents: c.agents.filter((agent) => agent.id !== id),
        }));
      }
    }
  }

  #replaceConfigure(index: number, change: (command: Configure) => Configure): void {
    const step = this.#best[index];
    if (!step || !('command' in step) || step.command.type !== 'configure') return;
    const smaller = { ...step, command: change(step.command) };
    this.#try([...this.#best.slice(0, index), smaller, ...this.#best.slice(index + 1)]);
  }

  #size(): number {
    return JSON.stringify(this.#best).length;
  }
}

/** Offers ever smaller stretches of what is left, largest first; those that `drop` takes are gone. */
function inChunks<T>(all: readonly T[], drop: (chunk: readonly T[]) => boolean): void {
  let left = all;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < left.length; ) {
      const chunk = left.slice(from, from + size);
      if (drop(chunk)) left = [...left.slice(0, from), ...left.slice(from + size)];
      else from += size;
    }
  }
}

const DEFAULTS: Readonly<Record<string, unknown>> = QUEUE_DEFAULTS;

type Configure = Extract<Command, { type: 'configure' }>;

const withDefault = (command: Configure, id: string, field: string): Configure => ({
  ...command,
  queues: command.queues.map((queue) =>
    queue.id === id ? { ...queue, [field]: DEFAULTS[field] } : queue,
  ),
});

const withoutQueue = (command: Configure, id: string): Configure => ({
  ...command,
  queues: command.queues.filter((queue) => queue.id !== id),
  agents: command.agents.map((agent) => ({
    ...agent,
    queueIds: agent.queueIds.filter((queue) => queue !== id),
  })),
});

/** Whom the step is about. */
function ownerOf(step: ScriptStep): string | undefined {
  if (!('command' in step)) return 'restart';
  const { command, about } = step;
  if ('callId' in command) return command.callId;
  if ('agentId' in command) return command.agentId;
  return about?.callId;
}
