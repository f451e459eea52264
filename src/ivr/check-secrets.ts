import type { CompiledFlow } from './compiled.ts';

/** A text of a document, with its place. */
type TextAt = readonly [string, string];

/**
 * What callers type in secret is in no variable: whatever names it as one, a prompt, an expression or a request, would
 * find nothing there, or one day something of the same name that is no secret.
 */
export function secretProblems(flow: CompiledFlow): readonly string[] {
  const secrets = [...flow.nodes].flatMap(([node, { kind, config }]) =>
    (kind.secrets?.(config) ?? []).map((name) => ({ node, name })),
  );
  if (secrets.length === 0) return [];
  const texts = [
    ...textsAt(flow.prompts, 'prompts'),
    ...[...flow.nodes].flatMap(([name, { config }]) => textsAt(config, `nodes.${name}`)),
  ];
  return secrets.flatMap(({ node, name }) =>
    texts
      .filter(([, text]) => namesVariable(text, name))
      .map(
        ([place]) => `${place}: variables.${name} is typed in secret (nodes.${node}): ${INSTEAD}`,
      ),
  );
}

const INSTEAD =
  "only verify, closure and {typed.NAME} in a request's body, form or headers can use it";

/** In a template (`{variables.pin}`), as a field, or in an expression (`variables.?pin`, `variables["pin"]`). */
const namesVariable = (text: string, name: string): boolean =>
  new RegExp(
    `\\bvariables\\s*(\\.\\s*\\??\\s*${name}(?![A-Za-z0-9_-])|\\[\\s*\\??\\s*(['"])${name}\\2)`,
  ).test(text);

function textsAt(value: unknown, place: string): readonly TextAt[] {
  if (typeof value === 'string') return [[place, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsAt(inner, Array.isArray(value) ? `${place}[${key}]` : `${place}.${key}`),
  );
}
