import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError, type Refusal, refusal } from '../../lib/errors.ts';
import { firstProblems } from '../../lib/first-problems.ts';
import { type ReadAside, readYamlAside } from '../../lib/yaml-thread.ts';
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
  const sources = new WeakMap<FastifyRequest, ReadAside>();
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
    const source = await readYamlAside(bytes, bytesMax);
    if (!source.ok)
      throw new CodedError(refusal('YAML_MALFORMED', source.error[0] ?? '', source.error));
    if (request.raw.socket.destroyed) source.value.letGo();
    sources.set(request, source.value);
    return { document: source.value.value };
  });
  // Whoever leaves before the answer has no need of it any more.
  app.addHook('onRequest', async (request, reply) => {
    reply.raw.once('close', () => sources.get(request)?.letGo());
  });
  app.addHook('onResponse', async (request) => sources.get(request)?.letGo());
  const place: Placing = async (source, problems) => {
    const { told, others } = firstProblems(problems);
    const positions = await source.positionsOf(
      told.map((problem) => placeIn(problem, source.value)),
    );
    return [...told.map((problem, n) => `${positions[n]}: ${problem}`), ...others];
  };
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const source = sources.get(request);
    return source ? withPlaces(payload, (lines) => place(source, lines)) : payload;
  });
  // Thrown on, so that it leaves as every other problem does.
  app.setErrorHandler(async (error, request) => {
    const source = sources.get(request);
    if (source && isAboutBody(error)) throw new CodedError(await placedValidation(source, error));
    if (!source || !(error instanceof CodedError)) throw error;
    const { problems, ...why } = error.refusal;
    if (!problems) throw error;
    throw new CodedError({ ...why, problems: await place(source, problems) });
  });
}

type Placing = (source: ReadAside, problems: readonly string[]) => Promise<readonly string[]>;

const propertiesOf = (schema: unknown): Readonly<Record<string, unknown>> =>
  Object(Object(schema).properties);

const isAboutBody = (error: unknown): error is FastifyError =>
  (error as FastifyError).validation !== undefined &&
  (error as FastifyError).validationContext === 'body';

/** What the schema says of the document, with the line of each place. */
async function placedValidation(source: ReadAside, error: FastifyError): Promise<Refusal> {
  const { told } = firstProblems(error.validation ?? []);
  const found = told.map(({ instancePath, message: what = 'is not valid', params }) => {
    const [, top, ...path] = instancePath.split('/');
    const text = `${what}${extra(params)}`;
    if (top !== 'document') return { at: '', text: `querystring: ${text}` };
    const place = path.join('.');
    const { additionalProperty = '' } = params as { readonly additionalProperty?: string };
    // What should not be there stands on a line of its own.
    const at = [...path, additionalProperty].filter((part) => part !== '').join('.');
    return { at, text: place === '' ? text : `${place}: ${text}` };
  });
  const positions = await source.positionsOf(found.map(({ at }) => at));
  const problems = found.map(({ text }, n) =>
    text.startsWith('querystring: ') ? text : `${positions[n]}: ${text}`,
  );
  return refusal('REQUEST_INVALID', problems[0] ?? error.message, problems);
}

/** What an answer says of the document: of a draft, a version, or one that was only to be checked. */
async function withPlaces(
  answer: unknown,
  place: (lines: readonly string[]) => Promise<readonly string[]>,
) {
  const { problems, warnings } = Object(answer);
  return {
    ...Object(answer),
    ...(Array.isArray(problems) ? { problems: await place(problems) } : {}),
    ...(Array.isArray(warnings) ? { warnings: await place(warnings) } : {}),
  };
}
