import { err, ok, type Result } from '../lib/result.ts';
import { checkFlow } from './check.ts';
import type { CompiledFlow } from './compiled.ts';
import {
  type Envelope,
  envelopeValidator,
  KIND_READERS,
  NODES_MAX,
  nameValidator,
} from './document.ts';
import { endsOf, returningOf } from './graph.ts';
import type { CompiledNode, Known } from './node.ts';
import { schemaProblems } from './problems.ts';
import { readExpressions } from './read-expressions.ts';
import { FLOW_DEPTH_MAX } from './stack.ts';

/** Nobody reads on beyond so many; further nodes are not looked at. */
const PROBLEMS_MAX = 500;

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
    const problems = [...schemaProblems(envelopeValidator.errors(document), '')];
    readNodes(nodesWithin(document), problems);
    return err(problems);
  }
  const problems: string[] = [];
  const nodes = readNodes(document.nodes, problems);
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

/** Those that can be looked at in a document that is none: so that its author hears of everything at once. */
function nodesWithin(document: unknown): Envelope['nodes'] {
  const { nodes } = (document ?? {}) as { readonly nodes?: unknown };
  return Object.fromEntries(
    Object.entries(nodes ?? {})
      .filter(([, node]) => typeof node?.type === 'string')
      .slice(0, NODES_MAX),
  );
}

function readNodes(
  configs: Envelope['nodes'],
  problems: string[],
): ReadonlyMap<string, CompiledNode> {
  const nodes = new Map<string, CompiledNode>();
  for (const [name, config] of Object.entries(configs)) {
    if (problems.length >= PROBLEMS_MAX) break;
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
