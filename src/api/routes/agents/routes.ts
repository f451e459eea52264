import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { AgentConfig } from '../../../model/agent.ts';
import { type AgentId, agentId } from '../../../model/ids.ts';
import type { ApiContext, ReadContext } from '../../context.ts';
import { type Kind, registerObjects, registerReads } from '../../objects.ts';
import { found } from '../../outcomes.ts';
import { agentsWithin, demandReach, mustReach } from '../../reach.ts';
import { Id, IdParams, responses, Text } from '../../schemas.ts';
import { registerAgentActions } from './actions.ts';
import { answer, createAgent, ledgerWire, patchAgent } from './agents.ts';
import { AgentAnswer, AgentBody, AgentPage, AgentPatch, LedgerAnswer } from './schemas.ts';

const params = IdParams('1001');
const shapes = {
  params,
  body: AgentBody,
  patch: AgentPatch,
  answer: AgentAnswer,
  page: AgentPage,
  filters: {
    team: Text(64, 'ventas-norte'),
    groupId: Text(64, 'refuerzo'),
    queueId: Id('ventas'),
    skill: { ...Text(64, 'ventas'), description: 'That they have, on whatever level' },
  },
};

const agents: Kind<AgentConfig, AgentId, typeof shapes> = {
  noun: 'agent',
  path: '/v1/agents',
  tag: 'agents',
  reads: 'agents:read',
  about: {
    list: 'List agents, with what they are doing',
    make: 'Make an agent',
    read: 'Read an agent, with what they are doing',
    change: [
      'Change an agent',
      'What is not named stays as it is (RFC 7396). A new extension needs a new `sipPassword`, because the digests hold both.',
    ],
    remove: ['Remove an agent', 'A conversation in progress goes on to its end.'],
  },
  shapes,
  key: ({ id }) => agentId(id),
  keyOf: ({ id }) => id,
  repository: (of) => of.agents,
  make: (tx, body) => createAgent(tx.agents, body),
  change: (tx, now, patch) => patchAgent(tx.agents, now, patch),
  answers:
    ({ control }) =>
    (agent) =>
      answer(agent, control.agent(agent.id)),
  demandReach,
  demandSight: ({ control }, principal, id) => mustReach(principal, control, [id]),
  list: ({ store, control }, principal, request) =>
    store.configuration.agents.list(request, agentsWithin(principal, control)),
};

export const agentReads: FastifyPluginAsyncTypebox<ReadContext> = async (app, context) =>
  registerReads(app, context, agents);

export const agentRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  registerObjects(app, context, agents);

  app.get(
    '/:id/ledger',
    {
      config: { scope: 'agents:read' },
      schema: {
        tags: ['agents'],
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
