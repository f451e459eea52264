import type { Language } from '../model/contact.ts';
import type { Expression } from './expression.ts';
import type { Returning } from './graph.ts';
import type { CompiledNode } from './node.ts';
import type { PromptEntry } from './prompt-schema.ts';

/** A flow that was found to be good, ready to be stepped through. */
export interface CompiledFlow {
  /** Absent: it was compiled to be looked at only. */
  readonly id?: string;
  readonly name: string;
  readonly languages: readonly Language[];
  readonly start: string;
  readonly prompts: Readonly<Record<string, PromptEntry>>;
  readonly nodes: ReadonlyMap<string, CompiledNode>;
  /** Every expression of its nodes, by its text. */
  readonly expressions: ReadonlyMap<string, Expression>;
  /**
   * The flows that it calls, by id, as they were when it was compiled: a call in progress keeps the versions that it
   * began with.
   */
  readonly subflows: ReadonlyMap<string, CompiledFlow>;
  /** How it comes back to whoever called it. */
  readonly returning: Returning;
  /** Whether it can end a call by itself, or bring it to a person. */
  readonly ends: boolean;
  /** How many flows deep it goes, itself included. */
  readonly depth: number;
}
