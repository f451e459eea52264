import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isNoted } from '../../lib/acting.ts';
import { actorOf } from '../../model/access.ts';
import { isAudited } from '../audit.ts';
import type { ApiContext } from '../context.ts';

const SECRET = /password|passphrase|secret|token|pin$|^key$/i;
const DEPTH_MAX = 8;
/** More is not kept anyway: an entry of the log has its limit. */
const VALUES_MAX = 10_000;

/**
 * No change leaves no trace: what the store did not write down with its before and after, and no route for itself, is
 * written down as the request that it was.
 */
export function registerAudit(app: FastifyInstance, { store, clock }: ApiContext): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    if (isNoted()) noted.add(request);
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const { scope } = request.routeOptions.config;
    const looks = scope === undefined || scope === 'open' || scope.endsWith(':read');
    if (looks || reply.statusCode >= 300 || request.method === 'GET' || request.method === 'HEAD')
      return;
    if (noted.has(request) || isAudited(request)) return;
    const after =
      request.body === undefined
        ? undefined
        : redacted(request.body, DEPTH_MAX, { left: VALUES_MAX });
    await store.audit.record({
      at: clock.now(),
      actor: actorOf(request.principal),
      ...subjectOf(request),
      ...(after === undefined ? {} : { after }),
    });
  });
}

const noted = new WeakSet<FastifyRequest>();

/** `POST /v1/agents/:id/sign-in` of 1001 is `agents.sign-in` of agent 1001; `DELETE /v1/calls/:id`, `calls.delete`. */
function subjectOf({ method, params, routeOptions }: FastifyRequest) {
  const segments = (routeOptions.url ?? '').split('/').slice(2);
  const named = segments.filter((segment) => segment !== '' && !segment.startsWith(':'));
  const [kind = 'api', ...deeds] = named;
  const ids = Object.values(params as Readonly<Record<string, string>>);
  const action = [kind, ...(deeds.length > 0 ? deeds : [method.toLowerCase()])].join('.');
  return { action, object: { kind: kind.replace(/s$/, ''), id: ids.join('/') } };
}

/** What was sent, without what must be nowhere else. A body that is a stream or a file is not kept, nor a long one to its end. */
function redacted(value: unknown, depth: number, room: { left: number }): unknown {
  room.left -= 1;
  if (room.left < 0) return '…';
  if (Array.isArray(value))
    return depth === 0
      ? '…'
      : value.slice(0, room.left + 1).map((one) => redacted(one, depth - 1, room));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return '(a file)';
  if (depth === 0) return '…';
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      SECRET.test(key) ? '(secret)' : redacted(child, depth - 1, room),
    ]),
  );
}
