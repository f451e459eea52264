import { err, ok, type Result } from '../lib/result.ts';
import { checkFlow } from './check.ts';
import type { CompiledFlow } from './compiled.ts';
import { type Envelope, envelopeValidator, KIND_READERS, nameValidator } from './document.ts';
import { endsOf, returningOf } from './graph.ts';
import type { CompiledNode, Known } from './node.ts';
import { schemaProblems } from './problems.ts';
import { readExpressions } from './read-expressions.ts';
import { FLOW_DEPTH_MAX } from './stack.ts';

/** Finds a flow that another one calls; the error says why it cannot be called. */
export type FindFlow = (id: string) => Result<CompiledFlow, string>;

/** Reads one flow's document, and through `find` the flows that it calls. Every problem is named with its place. */
export function readFlow(
  document: unknown,
  id: string | undefined,
  known: Known,
  find: FindFlow,
): Result<CompiledFlow, readonly string[]> {
  if (!envelopeValidator.check(document)) {
    return err(schemaProblems(envelopeValidator.errors(document), ''));
  }
  const problems: string[] = [];
  const nodes = readNodes(document, problems);
  if (problems.length > 0) return err(problems);
  const expressions = readExpressions(nodes, problems);
  const subflows = readSubflows(nodes, find, problems);
  const depth = 1 + Math.max(0, ...[...subflows.values()].map((flow) => flow.depth));
  if (depth > FLOW_DEPTH_MAX)
    problems.push(`flow: goes into flows ${depth} deep; ${FLOW_DEPTH_MAX} is the limit`);
  const graph = { start: document.start, nodes, subflows };
  const flow: CompiledFlow = {
    ...graph,
    ...(id === undefined ? {} : { id }),
    name: document.name,
    languages: document.languages,
    prompts: readPrompts(document.prompts),
    expressions,
    returning: returningOf(graph),
    ends: endsOf(graph),
    depth,
  };
  problems.push(...checkFlow(flow, known));
  return problems.length > 0 ? err(problems) : ok(flow);
}

function readNodes(document: Envelope, problems: string[]): ReadonlyMap<string, CompiledNode> {
  const nodes = new Map<string, CompiledNode>();
  for (const [name, config] of Object.entries(document.nodes)) {
    const place = `nodes.${name}`;
    if (!nameValidator.check(name)) problems.push(`${place}: is not a name for a node`);
    const reader = KIND_READERS.get(config.type);
    if (!reader) {
      const kinds = [...KIND_READERS.keys()].join(', ');
      problems.push(`${place}.type: there is no kind ${config.type}; there are ${kinds}`);
      continue;
    }
    const errors = reader.validator.errors(config);
    if (errors.length === 0) nodes.set(name, { kind: reader.kind, config });
    else problems.push(...schemaProblems(errors, place));
  }
  return nodes;
}

function readSubflows(
  nodes: ReadonlyMap<string, CompiledNode>,
  find: FindFlow,
  problems: string[],
): ReadonlyMap<string, CompiledFlow> {
  const found = new Map<string, CompiledFlow>();
  for (const [name, { kind, config }] of nodes) {
    for (const { flow, place } of kind.calls?.(config) ?? []) {
      const callee = find(flow);
      if (callee.ok) found.set(flow, callee.value);
      else problems.push(`nodes.${name}.${place}: ${callee.error}`);
    }
  }
  return found;
}

/** The schema's optional properties are there only when they have a value. */
function readPrompts(prompts: Envelope['prompts']): CompiledFlow['prompts'] {
  return (prompts ?? {}) as CompiledFlow['prompts'];
}
