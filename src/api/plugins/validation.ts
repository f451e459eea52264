import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { CodedError, refusal } from '../../lib/errors.ts';
import { isTooDeep } from '../../lib/json-depth.ts';
import { isDate } from '../../lib/zone.ts';

/** RFC 3339 with a zone: a time without one would mean something else on every machine. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

const NO_QUERY = Type.Object({}, { additionalProperties: false });

const options = {
  allErrors: true,
  useDefaults: true,
  removeAdditional: false,
  strict: false,
  // Ours are looked at by their tests; to compile what looks at them, and to tidy up what is made, takes longer than the rest.
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  formats: {
    // `Date.parse` takes the 30th of February for the 2nd of March.
    'date-time': (text: string) =>
      DATE_TIME.test(text) && isDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
  },
} as const;

/**
 * A body says what it means: "5" is not 5 there. Queries, paths and headers are text by nature, so their numbers
 * are read from it. Every error is reported, not the first alone; the limit on bodies bounds that.
 */
export function registerValidation(app: FastifyInstance): void {
  const exact = exactly();
  const fromText = new Ajv({ ...options, coerceTypes: true });
  const compiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
    compiledWhenNeeded(httpPart === 'body' ? exact : fromText, schema);
  app.setValidatorCompiler(compiler);
  registerJson(app);
}

/** Compiles what a body has to be. */
export const exactly = (): Ajv => new Ajv(options);

/** What a route does not know of its query is refused, also by those that ask for nothing there. */
export function registerQueryRules(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: NO_QUERY, ...route.schema };
  });
}

/** Compiling all schemas costs a second at every start; the first request to each route pays its part of that. */
function compiledWhenNeeded(ajv: Ajv, schema: TSchema): ValidateFunction {
  let compiled: ValidateFunction | undefined;
  const validate = ((data: unknown) => {
    compiled ??= ajv.compile(schema);
    const valid = compiled(data);
    validate.errors = compiled.errors ?? null;
    return valid;
  }) as ValidateFunction;
  return validate;
}

/** JSON is read with a limit on its depth, so that no walk over it can run out of stack. */
function registerJson(app: FastifyInstance): void {
  const read = jsonReader(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    read(request, String(body), done),
  );
}

type Done = (error: Error | null, body?: unknown) => void;

export function jsonReader(app: FastifyInstance) {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request: FastifyRequest, text: string, done: Done): void => {
    // A DELETE or an action may well say that its nothing is JSON.
    if (text === '') return done(null, undefined);
    if (isTooDeep(text))
      return done(new CodedError(refusal('REQUEST_INVALID', 'The body is nested too deeply.')));
    void parse(request, text, done);
  };
}
