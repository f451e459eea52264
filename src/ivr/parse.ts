import { err, ok, type Result } from '../lib/result.ts';
import { checkFlow } from './check.ts';
import type { CompiledFlow, CompiledNode } from './compiled.ts';
import { type Envelope, envelopeValidator, KIND_READERS, nameValidator } from './document.ts';
import type { Known } from './node.ts';
import { schemaProblems } from './problems.ts';
import { readExpressions } from './read-expressions.ts';

/** Reads a flow's document; the error names everything that is wrong with it, and where. */
export function parseFlow(
  document: unknown,
  known: Known,
): Result<CompiledFlow, readonly string[]> {
  if (!envelopeValidator.Check(document)) {
    return err(schemaProblems(envelopeValidator.Errors(document), ''));
  }
  const problems: string[] = [];
  const nodes = readNodes(document, problems);
  const expressions = readExpressions(nodes, problems);
  if (problems.length > 0) return err(problems);
  const { name, languages, start } = document;
  const prompts = readPrompts(document.prompts);
  const flow: CompiledFlow = { name, languages, start, prompts, nodes, expressions };
  const flaws = checkFlow(flow, known);
  return flaws.length > 0 ? err(flaws) : ok(flow);
}

/** For the API: what is wrong with a document before it goes live (ports.ts, FlowChecker). */
export const flowChecker = {
  check(document: unknown, known: Known): readonly string[] {
    const parsed = parseFlow(document, known);
    return parsed.ok ? [] : parsed.error;
  },
};

function readNodes(document: Envelope, problems: string[]): ReadonlyMap<string, CompiledNode> {
  const nodes = new Map<string, CompiledNode>();
  for (const [name, config] of Object.entries(document.nodes)) {
    const place = `nodes.${name}`;
    if (!nameValidator.Check(name)) problems.push(`${place}: is not a name for a node`);
    const reader = KIND_READERS.get(config.type);
    if (!reader) {
      const kinds = [...KIND_READERS.keys()].join(', ');
      problems.push(`${place}.type: there is no kind ${config.type}; there are ${kinds}`);
      continue;
    }
    const errors = reader.validator.Errors(config);
    if (errors.length === 0) nodes.set(name, { kind: reader.kind, config });
    else problems.push(...schemaProblems(errors, place));
  }
  return nodes;
}

/** The schema's optional properties are there only when they have a value. */
function readPrompts(prompts: Envelope['prompts']): CompiledFlow['prompts'] {
  return (prompts ?? {}) as CompiledFlow['prompts'];
}
