import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError, ERRORS, type ErrorCode, type Refusal, refusal } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { allowedMethods, type KnownRoutes } from './known-routes.ts';

interface ProblemError {
  readonly detail: string;
  readonly pointer?: string;
}

/** Told at once: a body of ten megabytes can be wrong in a million places. */
const ERRORS_MAX = 200;

/** Errors of Fastify's own, and what they are in our catalogue. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_JSON_BODY: 'JSON_MALFORMED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'JSON_MALFORMED',
  FST_ERR_MAX_PARAM_LENGTH: 'URI_TOO_LONG',
};

/** Everything that goes wrong leaves as RFC 9457 problem details, and only what is ours to mend is logged. */
export function registerProblems(app: FastifyInstance, routes: KnownRoutes, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.validation) return sendValidation(error, request, reply);
    const why = refusalOf(error);
    if (ERRORS[why.code].httpStatus === 500)
      log.error(
        { error, method: request.method, route: request.routeOptions.url },
        'Request failed',
      );
    return sendRefusal(why, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(routes, request.url);
    if (allowed.length === 0)
      return sendRefusal(refusal('ROUTE_UNKNOWN', 'See /docs for the paths.'), request, reply);
    void reply.header('allow', allowed.join(', '));
    const detail = `This path takes ${allowed.join(', ')}.`;
    return sendRefusal(refusal('METHOD_NOT_ALLOWED', detail), request, reply);
  });
}

/** An exception's place in the catalogue. */
export function refusalOf(error: FastifyError): Refusal {
  if (error instanceof CodedError) return error.refusal;
  const known = FASTIFY_CODES[error.code];
  if (known) return refusal(known, error.message);
  if (error instanceof SyntaxError) return refusal('JSON_MALFORMED', error.message);
  if ((error.statusCode ?? 500) < 500) return refusal('REQUEST_INVALID', error.message);
  if (error.statusCode === 503) return refusal('SHUTTING_DOWN', 'Connect again later.');
  // What happened is in the log; strangers do not need to know it.
  return refusal('INTERNAL', 'The log has the details.');
}

function sendValidation(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const where = error.validationContext ?? 'request';
  const errors = (error.validation ?? []).slice(0, ERRORS_MAX).map((one) => ({
    detail: `${where}${one.instancePath} ${one.message ?? 'is not valid'}${extra(one.params)}`,
    ...(where === 'body' ? { pointer: `#${one.instancePath}` } : {}),
  }));
  const why = refusal('REQUEST_INVALID', errors[0]?.detail ?? error.message);
  return send(why, errors, request, reply);
}

/** Names the property that should not be there, the values that may, and how a time is written. */
export function extra(params: Readonly<Record<string, unknown>>): string {
  if (typeof params.additionalProperty === 'string')
    return `: ${JSON.stringify(params.additionalProperty)}`;
  if (params.format === 'date-time') return ', as 2026-11-23T09:00:00Z';
  return Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : '';
}

/** The one way in which a refusal leaves. */
export function sendRefusal(why: Refusal, request: FastifyRequest, reply: FastifyReply) {
  return send(
    why,
    why.problems?.slice(0, ERRORS_MAX).map((detail) => ({ detail })),
    request,
    reply,
  );
}

function send(
  why: Refusal,
  errors: readonly ProblemError[] | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { httpStatus } = ERRORS[why.code];
  if (httpStatus === 401) void reply.header('www-authenticate', 'Bearer realm="centralita"');
  if (httpStatus === 503) void reply.header('retry-after', '2');
  return reply
    .code(httpStatus)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemOf(why, request.url, errors));
}

/** The body of problem details. The path without its query, which may tell who a caller is. */
export function problemOf(why: Refusal, url: string, errors?: readonly ProblemError[]) {
  const { title, httpStatus } = ERRORS[why.code];
  return {
    type: `urn:centralita:error:${why.code}`,
    title,
    status: httpStatus,
    code: why.code,
    detail: why.detail,
    instance: url.split('?')[0] ?? '/',
    ...(errors ? { errors } : {}),
  };
}
