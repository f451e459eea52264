import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { ok } from '../../../lib/result.ts';
import { agentId } from '../../../model/ids.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration, found, valueFrom } from '../../outcomes.ts';
import { agentsWithin, mustReach } from '../../reach.ts';
import { IdParams, NoContent, PageQuery, responses } from '../../schemas.ts';
import { registerAgentActions } from './actions.ts';
import { answer, createAgent, ledgerWire, patchAgent } from './agents.ts';
import { AgentAnswer, AgentBody, AgentPage, AgentPatch, LedgerAnswer } from './schemas.ts';

const tags = ['agents'];
const params = IdParams('1001');

export const agentRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { agents } = context.store.configuration;
  const views = () => context.control.snapshot().agents;

  app.get(
    '',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags,
        summary: 'List agents, with what they are doing',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: responses({ 200: AgentPage }),
      },
    },
    async ({ query, principal }) => {
      const ids = agentsWithin(principal, context.control);
      const page = valueFrom(await agents.list(query, ids));
      const live = views();
      return { ...page, items: page.items.map((agent) => answer(agent, live)) };
    },
  );

  app.post(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Make an agent',
        body: AgentBody,
        response: responses({ 201: AgentAnswer }),
      },
    },
    async ({ body }, reply) => {
      const agent = await changeConfiguration(context, (tx) => createAgent(tx.agents, body));
      return reply
        .code(201)
        .header('location', `/v1/agents/${agent.id}`)
        .send(answer(agent, views()));
    },
  );

  app.get(
    '/:id',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags,
        summary: 'Read an agent, with what they are doing',
        params,
        response: responses({ 200: AgentAnswer }),
      },
    },
    async ({ params: { id }, principal }) => {
      mustReach(principal, context.control, [agentId(id)]);
      return answer(found(await agents.get(agentId(id)), 'agent', id), views());
    },
  );

  app.patch(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change an agent',
        description:
          'What is not named stays as it is (RFC 7396). A new extension needs a new `sipPassword`, because the digests hold both.',
        params,
        body: AgentPatch,
        response: responses({ 200: AgentAnswer }),
      },
    },
    async ({ params: { id }, body }) => {
      const change = patchAgent(agentId(id), body);
      return answer(await changeConfiguration(context, (tx) => change(tx.agents)), views());
    },
  );

  app.delete(
    '/:id',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Remove an agent',
        description: 'A conversation in progress goes on to its end.',
        params,
        response: responses({ 204: NoContent }),
      },
    },
    async ({ params: { id } }, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await tx.agents.remove(agentId(id));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/:id/ledger',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags,
        summary: "Read an agent's ledger",
        description:
          'What was reserved and spent of the monthly cap and the daily limit, on which calls, and how long it lasts.',
        params,
        response: responses({ 200: LedgerAnswer }),
      },
    },
    async ({ params: { id }, principal }) => {
      mustReach(principal, context.control, [agentId(id)]);
      return ledgerWire(found(context.control.ledger(agentId(id)), 'ledger of agent', id));
    },
  );

  registerAgentActions(app, context);
};
