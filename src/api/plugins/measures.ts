import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** An answered request. The route is its pattern, never the path, which may hold a caller's number. */
export interface MeasuredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

const NAME = 'centralita_http_request_duration_seconds';

/** How long requests take, by route: takes those that were answered here, and those that another thread tells of. */
export function requestMeasure(registry: Registry): (request: MeasuredRequest) => void {
  const known = registry.getSingleMetric(NAME) as Histogram<'method' | 'route' | 'status'>;
  const duration =
    known ??
    new Histogram({
      name: NAME,
      help: 'Time from a request to its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    });
  return ({ seconds, ...labels }) => duration.observe(labels, seconds);
}

export function registerMeasures(
  app: FastifyInstance,
  measure: (request: MeasuredRequest) => void,
): void {
  app.addHook('onResponse', async (request, reply) =>
    measure({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    }),
  );
}
