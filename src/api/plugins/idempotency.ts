import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import Type from 'typebox';
import { CodedError, refusal } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { IdempotencyStore, KeptAnswer } from '../../runtime/ports/idempotency.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer holds what must be kept nowhere: a request that is repeated is refused instead. */
    secretAnswer?: boolean;
  }
}

const HEADER = 'idempotency-key';
const BODY_CHARS_MAX = 1_000_000;
const KEPT_HEADERS = ['content-type', 'location', 'etag'];

const IdempotencyHeaders = Type.Object({
  [HEADER]: Type.Optional(
    Type.String({
      pattern: '^[\\u0021-\\u007E]{1,200}$',
      description:
        'The same request under the same key is done once, and answered the same for a day',
      examples: ['7f3c2a90-order-4711'],
    }),
  ),
});

interface Begun {
  readonly owner: string;
  readonly key: string;
}

/**
 * A POST that names a key is done once (draft-ietf-httpapi-idempotency-key-header): whoever has not heard the answer
 * sends it again, and gets what the first one got. What failed is not remembered, and is tried again.
 */
export function registerIdempotency(
  app: FastifyInstance,
  store: IdempotencyStore,
  log: Logger,
): void {
  const begun = new WeakMap<FastifyRequest, Begun>();
  app.addHook('onRoute', documentHeader);
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers[HEADER];
    const { scope, secretAnswer } = request.routeOptions.config;
    if (request.method !== 'POST' || typeof key !== 'string' || scope === 'open') return;
    const owner = `${request.principal.kind} ${request.principal.id}`;
    const repetition = await store.begin(owner, key, fingerprintOf(request));
    if (repetition.kind === 'new') {
      begun.set(request, { owner, key });
      return;
    }
    if (repetition.kind === 'other')
      throw new CodedError(refusal('IDEMPOTENCY_KEY_REUSED', 'Use a new key for a new request.'));
    if (repetition.kind === 'underWay')
      throw new CodedError(refusal('IDEMPOTENCY_UNDER_WAY', 'Ask again in a moment.'));
    return replay(reply, repetition.answer, secretAnswer === true);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const one = begun.get(request);
    if (!one) return payload;
    begun.delete(request);
    const answer = keptOf(reply, payload, request.routeOptions.config.secretAnswer === true);
    await store.finish(one.owner, one.key, answer).catch((error: unknown) => {
      // It was done, and its answer is on the way: the key holds further ones off until it is taken over.
      log.warn({ error: String(error) }, 'An answer could not be kept for its Idempotency-Key');
    });
    return payload;
  });
}

function documentHeader(route: RouteOptions): void {
  if (route.method !== 'POST' || route.config?.scope === 'open' || route.schema?.headers) return;
  route.schema = { ...route.schema, headers: IdempotencyHeaders };
}

/** Of what was asked for, and with what. */
function fingerprintOf({ method, url, body }: FastifyRequest): Buffer {
  const isStream = typeof (Object(body) as { readonly pipe?: unknown }).pipe === 'function';
  if (isStream)
    throw new CodedError(
      refusal('REQUEST_INVALID', 'A file is not taken under an Idempotency-Key.'),
    );
  const text = `${method} ${url}\n${JSON.stringify(body) ?? ''}`;
  return createHash('sha256').update(text).digest();
}

function replay(reply: FastifyReply, { status, headers, body }: KeptAnswer, secret: boolean) {
  if (body === undefined && secret)
    throw new CodedError(
      refusal('IDEMPOTENCY_ANSWER_GONE', 'It was done. Its answer held a secret and was not kept.'),
    );
  return reply
    .code(status)
    .headers({ ...headers, 'idempotency-replayed': 'true' })
    .serializer(String)
    .send(body ?? '');
}

/** Undefined: nothing came of it. */
function keptOf(reply: FastifyReply, payload: unknown, secret: boolean): KeptAnswer | undefined {
  if (reply.statusCode >= 300) return undefined;
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
  const isKept = typeof payload === 'string' && payload.length <= BODY_CHARS_MAX && !secret;
  return { status: reply.statusCode, headers, ...(isKept ? { body: payload } : {}) };
}
