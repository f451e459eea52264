import type { TSchema } from 'typebox';
import type { Language } from '../model/contact.ts';
import type { ValueType } from './expression.ts';
import type { PromptRef } from './prompt-schema.ts';
import type { Turn } from './turn.ts';
import type { FlowEvent } from './vocabulary.ts';

/** What a node comes to: on to another one, wait here with this memory, or the flow is over. */
export type Outcome<Local> =
  | { readonly to: string }
  | { readonly stay: Local }
  | { readonly over: true };

export const OVER = { over: true } as const;

/** A way out of a node. */
export interface Exit {
  readonly to: string;
  /** Where it stands in the document, relative to the node: `choices[2].next`. */
  readonly place: string;
  /**
   * The caller did something, or waited in a queue, before this way was taken. A circle without any such way
   * would hold a silent caller, or the machine, for ever.
   */
  readonly paced: boolean;
}

/** Prompts of a node, with their place relative to it. */
export interface SpokenAt {
  readonly place: string;
  readonly refs: readonly PromptRef[];
}

/** An expression of a node, with its place relative to it and what it has to come to. */
export interface ExpressionAt {
  readonly place: string;
  readonly text: string;
  /** Absent: any text, number, true or false. */
  readonly type?: ValueType;
}

/** What the checker knows of the world outside the flow. */
export interface Known {
  readonly queueIds: readonly string[];
  readonly calendarIds: readonly string[];
}

/** What a kind may ask about the flow around its node. */
export interface Surroundings extends Known {
  readonly languages: readonly Language[];
}

/**
 * A kind of node: its document, what the checker wants to know of it, and its behaviour. The interpreter knows no
 * kind by name: a new one is a file in `nodes/` and a line in `nodes/kinds.ts`.
 */
export interface NodeKind<Config = unknown, Local = unknown> {
  readonly type: string;
  readonly schema: TSchema;
  exits(node: Config): readonly Exit[];
  prompts(node: Config): readonly SpokenAt[];
  /** They are compiled when the flow is read; a turn evaluates them by their text. */
  expressions?(node: Config): readonly ExpressionAt[];
  /** What else may be wrong, each line beginning with its place relative to the node. */
  check?(node: Config, around: Surroundings): readonly string[];
  enter(node: Config, turn: Turn): Outcome<Local>;
  /** Stale events never come here. What does not concern the node leaves it where it is. */
  on(node: Config, local: Local, event: FlowEvent, turn: Turn): Outcome<Local>;
}

/** Prompts that may be absent. */
export function spokenAt(place: string, refs: readonly PromptRef[] | undefined): SpokenAt[] {
  return refs ? [{ place, refs }] : [];
}
