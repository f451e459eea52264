import type { Change } from '../../../src/acd/changes.ts';
import type { Command, Reply } from '../../../src/acd/commands.ts';
import type { AuditedAgent, AuditedCall, Model } from './model.ts';

/** One command and what came of it, as every rule sees it. */
export interface Step {
  readonly now: number;
  readonly command: Command;
  readonly reply: Reply;
  readonly changes: readonly Change[];
  /** Nothing was due before the command: there was one routing, and order can be judged. */
  readonly quiet: boolean;
  readonly model: Model;
  /** Says the sentence if the condition does not hold. */
  readonly expect: (condition: boolean, problem: string) => void;
}

/**
 * A family of rules of SPEC.md, judged from commands and changes alone, never from what the engine says about
 * itself. What only this family has to know, it keeps itself. A sentence begins with the number of its rule.
 */
export interface Rule {
  /** At each change, in order, before the model has taken it: the model says how things were. */
  onChange?(step: Step, change: Change): void;
  /** When the model has taken every change and the command. */
  onStep?(step: Step): void;
  /** When the day is over. */
  onEnd?(step: Pick<Step, 'now' | 'model' | 'expect'>): void;
  /** Whether the agent may have the call now, for all that this family knows; all families must agree. */
  allows?(now: number, agent: AuditedAgent, call: AuditedCall): boolean;
  /** Whether nothing that this family knows of keeps a ready agent from offers altogether. */
  frees?(now: number, agent: AuditedAgent): boolean;
}

export type MakeRule = (model: Model) => Rule;
