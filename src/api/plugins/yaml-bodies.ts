import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError, refusal } from '../../lib/errors.ts';
import { readYaml, show, type YamlSource } from '../../lib/yaml-source.ts';

const MEDIA_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];

/**
 * Takes YAML where the routes of this scope take `{ "document": … }`: the body is the document itself. What is then
 * wrong with it is told with the line and column of the body.
 */
export function takeYamlBodies(app: FastifyInstance): void {
  const sources = new WeakMap<FastifyRequest, YamlSource>();
  const parseAs = { parseAs: 'string' } as const;
  app.addContentTypeParser(MEDIA_TYPES, parseAs, async (request: FastifyRequest, text: string) => {
    const source = readYaml(text);
    if (!source.ok)
      throw new CodedError(refusal('YAML_MALFORMED', 'The body is no YAML.', source.error));
    sources.set(request, source.value);
    return { document: source.value.value };
  });
  const place = (source: YamlSource, problems: readonly string[]): readonly string[] =>
    problems.map((problem) => `${show(source.positionOf(problem))}: ${problem}`);
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const source = sources.get(request);
    if (!source || !hasProblems(payload)) return payload;
    return { ...payload, problems: place(source, payload.problems) };
  });
  // Thrown on, so that it leaves as every other problem does.
  app.setErrorHandler((error, request) => {
    const source = sources.get(request);
    if (!source || !(error instanceof CodedError)) throw error;
    const { problems, ...why } = error.refusal;
    if (!problems) throw error;
    throw new CodedError({ ...why, problems: place(source, problems) });
  });
}

/** What answers for a draft, or for a document that was only to be checked. */
function hasProblems(payload: unknown): payload is { readonly problems: readonly string[] } {
  return Array.isArray((Object(payload) as { readonly problems?: unknown }).problems);
}
