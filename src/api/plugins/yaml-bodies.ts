import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError, type Refusal, refusal } from '../../lib/errors.ts';
import { readYaml, show, type YamlSource } from '../../lib/yaml-source.ts';
import { extra } from './problems.ts';

const MEDIA_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body may be the document itself, as YAML: the OpenAPI document says so. */
    takesYaml?: boolean;
  }
}

/** A problem with the path of its place in the document in front. */
type PlaceIn = (problem: string, document: unknown) => string;

/**
 * Takes YAML where the routes of this scope take `{ "document": … }`: the body is the document itself, and what would
 * stand beside it may stand in the query. What is then wrong with it is told with the line and column of the body.
 */
export function takeYamlBodies(
  app: FastifyInstance,
  bytesMax?: number,
  placeIn: PlaceIn = (problem) => problem,
): void {
  const sources = new WeakMap<FastifyRequest, YamlSource>();
  app.addHook('onRoute', (route) => {
    if (propertiesOf(route.schema?.body).document)
      route.config = { ...route.config, takesYaml: true };
  });
  app.addHook('preValidation', async (request) => {
    if (!sources.has(request)) return;
    const { document: _, ...besides } = propertiesOf(request.routeOptions.schema?.body);
    const query = Object.entries(Object(request.query)).filter(([name]) => name in besides);
    request.body = { ...Object(request.body), ...Object.fromEntries(query) };
  });
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
    problems.map(
      (problem) => `${show(source.positionOf(placeIn(problem, source.value)))}: ${problem}`,
    );
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const source = sources.get(request);
    return source ? withPlaces(payload, (lines) => place(source, lines)) : payload;
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

const propertiesOf = (schema: unknown): Readonly<Record<string, unknown>> =>
  Object(Object(schema).properties);

const isAboutBody = (error: unknown): error is FastifyError =>
  (error as FastifyError).validation !== undefined &&
  (error as FastifyError).validationContext === 'body';

/** What the schema says of the document, with the line of each place. */
function placedValidation(source: YamlSource, { validation = [], message }: FastifyError): Refusal {
  const problems = validation.map(({ instancePath, message: what = 'is not valid', params }) => {
    const [, top, ...path] = instancePath.split('/');
    if (top !== 'document') return `querystring: ${what}${extra(params)}`;
    const place = path.join('.');
    return `${show(source.positionOf(place))}: ${place}: ${what}${extra(params)}`;
  });
  return refusal('REQUEST_INVALID', problems[0] ?? message, problems);
}

/** What an answer says of the document: of a draft, a version, or one that was only to be checked. */
function withPlaces(answer: unknown, place: (lines: readonly string[]) => readonly string[]) {
  const { problems, warnings } = Object(answer);
  return {
    ...Object(answer),
    ...(Array.isArray(problems) ? { problems: place(problems) } : {}),
    ...(Array.isArray(warnings) ? { warnings: place(warnings) } : {}),
  };
}
