import type { Language } from '../model/contact.ts';
import type { Expression } from './expression.ts';
import type { NodeKind } from './node.ts';
import type { PromptEntry } from './prompt-schema.ts';

/** A flow that was found to be good, ready to be stepped through. */
export interface CompiledFlow {
  readonly name: string;
  readonly languages: readonly Language[];
  readonly start: string;
  readonly prompts: Readonly<Record<string, PromptEntry>>;
  readonly nodes: ReadonlyMap<string, CompiledNode>;
  /** Every expression of its nodes, by its text. */
  readonly expressions: ReadonlyMap<string, Expression>;
}

export interface CompiledNode {
  readonly kind: NodeKind;
  readonly config: unknown;
}
