import Type from 'typebox';
import { type Exit, type SpokenAt, spokenAt } from './node.ts';
import { type PromptRef, PromptRefs } from './prompt-schema.ts';
import type { Turn } from './turn.ts';

/*
 * What every node does that asks for something:
 *
 *              ┌──────────── noInput, noMatch: says so, and asks again, `retries` times ────────────┐
 *              ▼                                                                                    │
 *   asked ─▶ prompting ──played──▶ waiting ──silence──▶ no input ──┬────────────────────────────────┤
 *              │ barge-in             │ answer                     └─ too often ─▶ `failed`         │
 *              └───────────▶ is it one that is understood? ──no──▶ no match ────────────────────────┘
 */

/** The fields of a document that all of them share. */
export const AskingFields = {
  prompts: PromptRefs,
  timeoutSeconds: Type.Optional(
    Type.Number({ minimum: 1, maximum: 60, default: 5, description: 'Until the first answer.' }),
  ),
  retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 10, default: 2 })),
  noInput: Type.Optional(PromptRefs),
  noMatch: Type.Optional(PromptRefs),
  failed: Type.String({ minLength: 1, description: 'Where to go after the last retry.' }),
};

export interface AskingNode {
  readonly prompts: readonly PromptRef[];
  readonly timeoutSeconds?: number;
  readonly retries?: number;
  readonly noInput?: readonly PromptRef[];
  readonly noMatch?: readonly PromptRef[];
  readonly failed: string;
}

const TIMEOUT_SECONDS = 5;
const RETRIES = 2;

export const askingPrompts = (node: AskingNode): readonly SpokenAt[] => [
  ...spokenAt('prompts', node.prompts),
  ...spokenAt('noInput', node.noInput),
  ...spokenAt('noMatch', node.noMatch),
];

export const failedExit = (node: AskingNode): Exit => ({
  to: node.failed,
  place: 'failed',
  paced: false,
});

/** The question is over: now the caller has the time that the node gives. */
export function awaitAnswer(node: AskingNode, turn: Turn): void {
  turn.startTimer((node.timeoutSeconds ?? TIMEOUT_SECONDS) * 1_000);
}

/**
 * Counts a failure, and asks again or gives up. After what was not understood everything typed ahead is forgotten: it
 * was meant as an answer to another question.
 */
export function askAgain(
  node: AskingNode,
  failuresBefore: number,
  why: 'noInput' | 'noMatch',
  turn: Turn,
): { readonly to: string } | { readonly failures: number } {
  const failures = failuresBefore + 1;
  turn.note(`flow.${why}`, { node: turn.state.node, failures });
  if (why === 'noMatch') turn.forgetKeys();
  if (failures > (node.retries ?? RETRIES)) return { to: node.failed };
  turn.play([...(node[why] ?? []), ...node.prompts]);
  return { failures };
}
