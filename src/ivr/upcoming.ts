import type { CompiledFlow } from './compiled.ts';
import type { CompiledNode } from './node.ts';
import { hasPlaces } from './places.ts';
import { isRecording } from './prompt-schema.ts';
import { resolvePrompt, sayingFor } from './prompts.ts';
import { innermost } from './stack.ts';
import type { FlowState } from './state.ts';
import type { Prompt } from './vocabulary.ts';

type TextPrompt = Extract<Prompt, { kind: 'text' }>;

/** Further ahead the context will have changed again. */
const NODES_AHEAD_MAX = 12;
const PROMPTS_MAX = 6;

/**
 * What the call may soon be told that nobody else is told, nearest first: rendered now, it is there in time. Only
 * sentences whose every place has a value; the others are not known yet.
 */
export function upcoming(began: CompiledFlow, state: FlowState): readonly TextPrompt[] {
  const flow = innermost(began, state.stack);
  if (state.over || !flow) return [];
  const ahead = new Set([state.node]);
  const found = new Map<string, TextPrompt>();
  for (const name of ahead) {
    const node = flow.nodes.get(name);
    if (!node) continue;
    for (const prompt of ownTexts(flow, state, node)) found.set(prompt.text, prompt);
    if (found.size >= PROMPTS_MAX) break;
    for (const { to } of node.kind.exits(node.config)) {
      if (ahead.size < NODES_AHEAD_MAX) ahead.add(to);
    }
  }
  return [...found.values()].slice(0, PROMPTS_MAX);
}

function ownTexts(
  flow: CompiledFlow,
  { context }: FlowState,
  { kind, config }: CompiledNode,
): readonly TextPrompt[] {
  return kind
    .prompts(config)
    .flatMap(({ refs }) => refs)
    .flatMap((ref) => {
      const entry = typeof ref === 'string' ? flow.prompts[ref] : ref;
      if (!entry || isRecording(entry)) return [];
      const said = sayingFor(entry, context.language);
      if (!said || !hasPlaces(said.text)) return [];
      const prompt = resolvePrompt(flow, ref, context);
      return prompt?.kind === 'text' && prompt.parts?.every((part) => part.text !== '')
        ? [prompt]
        : [];
    });
}
