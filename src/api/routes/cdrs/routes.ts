import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { Cdr } from '../../../model/call.ts';
import { agentId, callbackId, callId, queueId } from '../../../model/ids.ts';
import type { CdrFilter } from '../../../runtime/ports/cdrs.ts';
import type { ReadContext } from '../../context.ts';
import { madeOnce } from '../../made-once.ts';
import { found, valueFrom } from '../../outcomes.ts';
import { agentsWithin, mustBeWithin } from '../../reach.ts';
import { iso, responses } from '../../schemas.ts';
import { CdrAnswer, CdrPage, CdrParams, CdrQuery } from './schemas.ts';

const tags = ['cdrs'];

export const cdrReads: FastifyPluginAsyncTypebox<ReadContext> = async (app, { store, control }) => {
  app.get(
    '',
    {
      config: { scope: 'records:read' },
      schema: {
        tags,
        summary: 'List calls that are over, newest first',
        querystring: CdrQuery,
        response: responses({ 200: CdrPage }),
      },
    },
    async ({ query, principal }) => {
      const within = agentsWithin(principal, control);
      const filter = { ...filterOf(query), ...(within ? { within } : {}) };
      const { items, ...rest } = valueFrom(await store.cdrs.list(filter, query));
      return { ...rest, items: items.map((cdr) => answer(cdr)) };
    },
  );

  app.get(
    '/:callId',
    {
      config: { scope: 'records:read' },
      schema: {
        tags,
        summary: 'Read the record of a call that is over',
        params: CdrParams,
        response: responses({ 200: CdrAnswer }),
      },
    },
    async ({ params, principal }) => {
      const cdr = found(
        await store.cdrs.get(callId(params.callId)),
        'record of call',
        params.callId,
      );
      mustBeWithin(principal, control, cdr);
      return answer(cdr);
    },
  );
};

function filterOf(query: Static<typeof CdrQuery>): CdrFilter {
  const { from, to, dnis, ani, outcome } = query;
  return {
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
    ...(query.queueId === undefined ? {} : { queueId: queueId(query.queueId) }),
    ...(query.agentId === undefined ? {} : { agentId: agentId(query.agentId) }),
    ...(dnis === undefined ? {} : { dnis }),
    ...(ani === undefined ? {} : { ani }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(query.surveyed === undefined ? {} : { surveyed: query.surveyed }),
    ...(query.callbackId === undefined ? {} : { callbackId: callbackId(query.callbackId) }),
  };
}

const answer = madeOnce((cdr: Cdr): Static<typeof CdrAnswer> => {
  const { arrivedAt, queuedAt, connectedAt, endedAt, recordingIds, agents, ...rest } = cdr;
  return {
    ...rest,
    ...(agents ? { agents: [...agents] } : {}),
    arrivedAt: iso(arrivedAt),
    ...(queuedAt === undefined ? {} : { queuedAt: iso(queuedAt) }),
    ...(connectedAt === undefined ? {} : { connectedAt: iso(connectedAt) }),
    endedAt: iso(endedAt),
    ...(recordingIds === undefined ? {} : { recordingIds: [...recordingIds] }),
  };
});
