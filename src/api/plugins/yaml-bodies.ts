import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError, type Refusal, refusal } from '../../lib/errors.ts';
import { readYaml, show, type YamlSource } from '../../lib/yaml-source.ts';
import { extra } from './problems.ts';

const MEDIA_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];

/**
 * Takes YAML where the routes of this scope take `{ "document": … }`: the body is the document itself. What is then
 * wrong with it is told with the line and column of the body.
 */
export function takeYamlBodies(app: FastifyInstance, bytesMax?: number): void {
  const sources = new WeakMap<FastifyRequest, YamlSource>();
  const parseAs = {
    parseAs: 'buffer',
    ...(bytesMax === undefined ? {} : { bodyLimit: bytesMax }),
  } as const;
  app.addContentTypeParser(MEDIA_TYPES, parseAs, async (request: FastifyRequest, bytes: Buffer) => {
    const source = readYaml(bytes, bytesMax);
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
    if (source && isAboutBody(error)) throw new CodedError(placedValidation(source, error));
    if (!source || !(error instanceof CodedError)) throw error;
    const { problems, ...why } = error.refusal;
    if (!problems) throw error;
    throw new CodedError({ ...why, problems: place(source, problems) });
  });
}

const isAboutBody = (error: unknown): error is FastifyError =>
  (error as FastifyError).validation !== undefined &&
  (error as FastifyError).validationContext === 'body';

/** What the schema says of the document, with the line of each place. */
function placedValidation(source: YamlSource, { validation = [], message }: FastifyError): Refusal {
  const problems = validation.map(({ instancePath, message: what = 'is not valid', params }) => {
    const place = instancePath.split('/').slice(2).join('.');
    return `${show(source.positionOf(place))}: ${place}: ${what}${extra(params)}`;
  });
  return refusal('REQUEST_INVALID', problems[0] ?? message, problems);
}

/** What answers for a draft, or for a document that was only to be checked. */
function hasProblems(payload: unknown): payload is { readonly problems: readonly string[] } {
  return Array.isArray((Object(payload) as { readonly problems?: unknown }).problems);
}
