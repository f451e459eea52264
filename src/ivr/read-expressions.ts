import { compileExpression, type Expression } from './expression.ts';
import type { CompiledNode } from './node.ts';

/** Compiles every expression of the nodes, once for each text; what is wrong goes to `problems`, with its place. */
export function readExpressions(
  nodes: ReadonlyMap<string, CompiledNode>,
  problems: string[],
): ReadonlyMap<string, Expression> {
  const found = new Map<string, Expression>();
  for (const [name, { kind, config }] of nodes) {
    for (const { place, text, type } of kind.expressions?.(config) ?? []) {
      const problem = readExpression(found, text, type);
      if (problem) problems.push(`nodes.${name}.${place}: ${problem}`);
    }
  }
  return found;
}

function readExpression(
  found: Map<string, Expression>,
  text: string,
  type: Expression['type'] | undefined,
): string | undefined {
  const compiled = compileExpression(text);
  if (!compiled.ok) return `${compiled.error.why} (at character ${compiled.error.at + 1})`;
  found.set(text, compiled.value);
  if (type === undefined || compiled.value.type === type) return undefined;
  return `comes to ${compiled.value.type}; it must come to ${type}`;
}
