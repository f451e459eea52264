import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Static } from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import type { Principal } from '../../../model/access.ts';
import { type AgentId, agentId } from '../../../model/ids.ts';
import type { Command } from '../../../runtime/ports.ts';
import type { ApiContext } from '../../context.ts';
import { found, submit } from '../../outcomes.ts';
import { mustReach } from '../../reach.ts';
import { IdParams, responses } from '../../schemas.ts';
import { answer } from './agents.ts';
import { AgentAnswer, StateBody } from './schemas.ts';

type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const tags = ['agents'];
const params = IdParams('1001');
const response = responses({ 200: AgentAnswer });

/** What an agent does on the phone, done by the API. Each answers with the agent as they are then. */
export function registerAgentActions(app: App, context: ApiContext): void {
  const act = async (principal: Principal, id: AgentId, command: Command) => {
    mustReach(principal, context.control, [id]);
    const agent = found(await context.store.configuration.agents.get(id), 'agent', id);
    submit(context, command);
    return answer(agent, context.control.snapshot().agents);
  };

  app.post(
    '/:id/sign-in',
    {
      config: { scope: 'agents:act' },
      schema: {
        tags,
        summary: 'Sign an agent in',
        description: 'Not ready, reason `signedIn`, until they say ready.',
        params,
        response,
      },
    },
    ({ params: { id }, principal }) =>
      act(principal, agentId(id), { type: 'agent.signIn', agentId: agentId(id) }),
  );

  app.post(
    '/:id/sign-out',
    {
      config: { scope: 'agents:act' },
      schema: { tags, summary: 'Sign an agent out', params, response },
    },
    ({ params: { id }, principal }) =>
      act(principal, agentId(id), { type: 'agent.signOut', agentId: agentId(id) }),
  );

  app.post(
    '/:id/state',
    {
      config: { scope: 'agents:act' },
      schema: { tags, summary: "Set an agent's state", params, body: StateBody, response },
    },
    ({ params: { id }, body, principal }) =>
      act(principal, agentId(id), stateCommand(agentId(id), body)),
  );
}

function stateCommand(id: AgentId, { state, reason }: Static<typeof StateBody>): Command {
  if (state === 'ready') return { type: 'agent.ready', agentId: id };
  if (state === 'wrapUpDone') return { type: 'agent.wrapUpDone', agentId: id };
  if (reason !== undefined) return { type: 'agent.notReady', agentId: id, reason };
  throw new CodedError(refusal('REQUEST_INVALID', 'body/reason is needed with notReady'));
}
