import type { TSchema } from 'typebox';
import type { Language } from '../model/contact.ts';
import type { ValueType } from './expression.ts';
import type { PromptRef } from './prompt-schema.ts';
import type { Turn } from './turn.ts';
import type { FlowEvent } from './vocabulary.ts';

/** What a node comes to: on to another one, into another flow or back from it, wait here with this memory, or the flow is over. */
export type Outcome<Local> =
  | { readonly to: string }
  /** Into another flow; when that comes back, on to `next` of this one. */
  | { readonly into: string; readonly next: string }
  /** Back to the flow that this one was called by. */
  | { readonly back: true }
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
   * would hold a silent caller, or the machine, for ever. By a flow: as that flow comes back.
   */
  readonly paced: boolean | { readonly byFlow: string };
}

/** Another flow that a node goes into, with the place where it is named. */
export interface FlowCall {
  readonly flow: string;
  readonly place: string;
  /** Where the call goes on when that flow comes back; absent: it must not come back. */
  readonly next?: string;
}

/** Prompts of a node, with their place relative to it. */
export interface SpokenAt {
  readonly place: string;
  readonly refs: readonly PromptRef[];
}

/** A recording that is played by name, and where in the document it is named. */
export interface RecordingAt {
  readonly name: string;
  readonly place: string;
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
  /** Every flow as it is live now: what a subflow may go into. Absent: there are none. */
  readonly flows?: readonly KnownFlow[];
}

export interface KnownFlow {
  readonly id: string;
  readonly document: unknown;
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
  /** What it does, in a sentence: editors show it (config/schema/flow.schema.json). */
  readonly summary: string;
  readonly schema: TSchema;
  /** Its calls may be over here, or with a person, whatever ways lead on. A node without any way out always ends. */
  readonly ends?: boolean;
  /** It goes back to the flow before. */
  readonly returns?: boolean;
  exits(node: Config): readonly Exit[];
  prompts(node: Config): readonly SpokenAt[];
  /** What it plays by name besides its prompts, each with its place relative to it. */
  music?(node: Config): readonly RecordingAt[];
  /** The flows that it goes into. */
  calls?(node: Config): readonly FlowCall[];
  /** They are compiled when the flow is read; a turn evaluates them by their text. */
  expressions?(node: Config): readonly ExpressionAt[];
  /** The names under which it keeps what callers type in secret. */
  secrets?(node: Config): readonly string[];
  /** What else may be wrong, each line beginning with its place relative to the node. */
  check?(node: Config, around: Surroundings): readonly string[];
  enter(node: Config, turn: Turn): Outcome<Local>;
  /** Stale events never come here. What does not concern the node leaves it where it is. */
  on(node: Config, local: Local, event: FlowEvent, turn: Turn): Outcome<Local>;
}

/** A node as it was read: its kind, and its part of the document. */
export interface CompiledNode {
  readonly kind: NodeKind;
  readonly config: unknown;
}

/** Prompts that may be absent. */
export function spokenAt(place: string, refs: readonly PromptRef[] | undefined): SpokenAt[] {
  return refs ? [{ place, refs }] : [];
}

/** The ways out that are fields of the node by these names, as far as they are there. None asks for anything first. */
export function exitsAt<Place extends string>(
  node: { readonly [place in Place]?: string },
  places: readonly Place[],
): Exit[] {
  return places.flatMap((place) => {
    const to = node[place];
    return to === undefined ? [] : [{ to, place, paced: false }];
  });
}
