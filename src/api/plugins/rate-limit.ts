import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../lib/clock.ts';
import { CodedError, refusal } from '../../lib/errors.ts';
import type { SharedCounts } from '../../lib/shared-counts.ts';

export interface RateLimits {
  /** What a key may ask in a minute; a person, a tenth of it. */
  readonly keyPerMinute: number;
  /** Where another server counts, too, so that nobody has one allowance of each. Absent: this one counts alone. */
  readonly counts?: SharedCounts;
}
export const RATE_LIMITS: RateLimits = { keyPerMinute: 60_000 };

/** Signing in and the like, from one address: a whole company may come in at nine. */
const OPEN_PER_MINUTE = 300;
const SOURCES_MAX = 10_000;
export const ALLOWANCE_MS = 60_000;

/**
 * So many requests a minute, and what is left of them in the headers (draft-ietf-httpapi-ratelimit-headers): by key,
 * by user, and by address for whoever need not say who they are. After the authentication, so that nobody spends
 * what is somebody else's.
 */
export async function registerRateLimit(
  app: FastifyInstance,
  limits: RateLimits,
  clock: Clock,
): Promise<void> {
  const { counts } = limits;
  await app.register(rateLimit, {
    timeWindow: ALLOWANCE_MS,
    cache: SOURCES_MAX,
    ...(counts ? { store: storeOf(counts, clock) } : {}),
    enableDraftSpec: true,
    max: (request) => allowanceOf(request, limits),
    keyGenerator: (request) => spenderOf(request),
    errorResponseBuilder: (_request, { after }) =>
      new CodedError(refusal('TOO_MANY_REQUESTS', `Ask again in ${after}.`)),
  });
}

/** As the plugin wants it: a class of its own, which it makes one of. */
function storeOf(counts: SharedCounts, clock: Clock) {
  return class Store {
    incr(who: string, then: (error: null, result: { current: number; ttl: number }) => void): void {
      const { count, endsInMs } = counts.add(who, clock.now());
      then(null, { current: count, ttl: endsInMs });
    }
    child(): Store {
      return this;
    }
  };
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
