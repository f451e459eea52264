import type { Command } from '../../../src/acd/commands.ts';
import type { Applied } from '../../../src/acd/engine.ts';
import type { Lots } from './lots.ts';
import { type Figures, Model } from './model.ts';
import type { Rule, Step } from './rule.ts';
import { RULES } from './rules.ts';

/**
 * A second opinion: it follows commands and changes with maps and scans only, and knows the rules of SPEC.md
 * by heart. What the engine did and should not have is a sentence.
 */
export class Audit {
  readonly #model = new Model();
  readonly #rules: readonly Rule[];
  #problems: string[] = [];

  constructor() {
    this.#rules = Object.values(RULES).map((make) => make(this.#model));
    this.#model.rules = this.#rules;
  }

  get callsOpen(): number {
    return this.#model.calls.size + this.#model.open.size;
  }

  get figures(): Figures {
    return this.#model.figures;
  }

  get lots(): Lots {
    return this.#model.lots;
  }

  /** `quiet`: nothing was due before the command, so that there was one routing and order can be judged. */
  check(now: number, command: Command, { reply, changes }: Applied, quiet: boolean): string[] {
    const model = this.#model;
    this.#problems = [];
    const step: Step = { now, command, reply, changes, quiet, model, expect: this.#expect };
    if (!reply.ok) model.count('refused');
    for (const change of changes) {
      for (const rule of this.#rules) rule.onChange?.(step, change);
      model.follow(now, command, change);
    }
    if (reply.ok) model.learn(now, command);
    for (const rule of this.#rules) rule.onStep?.(step);
    model.forgetRemoved();
    return this.#problems;
  }

  /** The day is over: what should have come to an end and has not. */
  finish(now: number): string[] {
    this.#problems = [];
    for (const rule of this.#rules) {
      rule.onEnd?.({ now, model: this.#model, expect: this.#expect });
    }
    return this.#problems;
  }

  readonly #expect = (condition: boolean, problem: string): void => {
    if (!condition) this.#problems.push(problem);
  };
}
