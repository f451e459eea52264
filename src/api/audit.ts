import type { FastifyRequest } from 'fastify';
import { actorOf } from '../model/access.ts';
import type { AuditEntry } from '../runtime/ports/access.ts';
import type { ApiContext } from './context.ts';

const audited = new WeakSet<FastifyRequest>();

/** Writes down what this request has changed, by whom. */
export async function audit(
  { store, clock }: Pick<ApiContext, 'store' | 'clock'>,
  request: FastifyRequest,
  entry: Pick<AuditEntry, 'action' | 'object' | 'before' | 'after'>,
): Promise<void> {
  audited.add(request);
  await store.audit.record({ at: clock.now(), actor: actorOf(request.principal), ...entry });
}

/** Whether somebody has said already what this request was about. */
export const isAudited = (request: FastifyRequest): boolean => audited.has(request);
