import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError, refusal } from '../../lib/errors.ts';

export interface RateLimits {
  /** What a key may ask in a minute; a person, a tenth of it. */
  readonly keyPerMinute: number;
}
export const RATE_LIMITS: RateLimits = { keyPerMinute: 60_000 };

/** Signing in and the like, from one address: a whole company may come in at nine. */
const OPEN_PER_MINUTE = 300;
const SOURCES_MAX = 10_000;

/**
 * So many requests a minute, and what is left of them in the headers (draft-ietf-httpapi-ratelimit-headers): by key,
 * by user, and by address for whoever need not say who they are. After the authentication, so that nobody spends
 * what is somebody else's.
 */
export async function registerRateLimit(app: FastifyInstance, limits: RateLimits): Promise<void> {
  await app.register(rateLimit, {
    timeWindow: 60_000,
    cache: SOURCES_MAX,
    enableDraftSpec: true,
    max: (request) => allowanceOf(request, limits),
    keyGenerator: (request) => spenderOf(request),
    errorResponseBuilder: (_request, { after }) =>
      new CodedError(refusal('TOO_MANY_REQUESTS', `Ask again in ${after}.`)),
  });
}

const isOpen = (request: FastifyRequest): boolean => request.routeOptions.config.scope === 'open';

function allowanceOf(request: FastifyRequest, { keyPerMinute }: RateLimits): number {
  if (isOpen(request)) return OPEN_PER_MINUTE;
  return request.principal.kind === 'key' ? keyPerMinute : Math.ceil(keyPerMinute / 10);
}

function spenderOf(request: FastifyRequest): string {
  if (isOpen(request)) return `address ${request.ip}`;
  return `${request.principal.kind} ${request.principal.id}`;
}
