import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Logger } from '../lib/log.ts';
import type { Doorkeeper } from '../runtime/ports/access.ts';
import type { ReadContext } from './context.ts';
import type { Forwarder } from './forwarding.ts';
import { registerAuthentication } from './plugins/authentication.ts';
import { registerFields } from './plugins/fields.ts';
import { READS_A_TURN_IN_FRONT, registerGivingWay } from './plugins/giving-way.ts';
import { type MeasuredRequest, registerMeasures } from './plugins/measures.ts';
import { type RateLimits, registerRateLimit } from './plugins/rate-limit.ts';
import { registerRevisions } from './preconditions.ts';
import { agentReads } from './routes/agents/routes.ts';
import { calendarReads } from './routes/calendars/routes.ts';
import { callReads } from './routes/calls/routes.ts';
import { cdrReads } from './routes/cdrs/routes.ts';
import { labelReads } from './routes/labels/routes.ts';
import { numberReads } from './routes/numbers/routes.ts';
import { queueReads } from './routes/queues/routes.ts';
import { dispositionReads, notReadyReasonReads } from './routes/reasons/routes.ts';
import { createServer } from './server.ts';

export interface ReadsContext extends ReadContext {
  readonly authenticator: Doorkeeper;
  readonly rateLimits: RateLimits;
  /** Has everything else answered. */
  readonly forwarder: Forwarder;
  readonly measure: (request: MeasuredRequest) => void;
  readonly log: Logger;
}

/**
 * The server in front, not yet listening: what consoles, wallboards and scripts read again and again is answered here, by
 * the same routes that `app.ts` has; whatever else comes is the whole API's.
 */
export async function buildReads(context: ReadsContext): Promise<FastifyInstance> {
  const app = createServer(context);
  // Before anything of the request but its line and headers is looked at.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    reply.hijack();
    context.forwarder.forward(request.raw, reply.raw);
  });
  const v1Reads: FastifyPluginAsync = async (v1) => {
    registerMeasures(v1, context.measure);
    registerGivingWay(v1, READS_A_TURN_IN_FRONT);
    registerAuthentication(v1, context.authenticator);
    registerFields(v1);
    registerRevisions(v1);
    await registerRateLimit(v1, context.rateLimits, context.clock);
    await v1.register(numberReads, { ...context, prefix: '/numbers' });
    await v1.register(calendarReads, { ...context, prefix: '/calendars' });
    await v1.register(queueReads, { ...context, prefix: '/queues' });
    await v1.register(agentReads, { ...context, prefix: '/agents' });
    await v1.register(dispositionReads, { ...context, prefix: '/dispositions' });
    await v1.register(notReadyReasonReads, { ...context, prefix: '/not-ready-reasons' });
    await v1.register(labelReads, context);
    await v1.register(callReads, { ...context, prefix: '/calls' });
    await v1.register(cdrReads, { ...context, prefix: '/cdrs' });
  };
  await app.register(v1Reads, { prefix: '/v1' });
  await app.ready();
  return app;
}
