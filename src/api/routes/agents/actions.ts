import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Static } from 'typebox';
import { CodedError, type Refusal, refusal } from '../../../lib/errors.ts';
import type { Principal } from '../../../model/access.ts';
import { type AgentId, agentId } from '../../../model/ids.ts';
import type { AgentView, Command } from '../../../runtime/ports/index.ts';
import type { ApiContext } from '../../context.ts';
import { found, submit } from '../../outcomes.ts';
import { mustReach } from '../../reach.ts';
import { IdParams, responses } from '../../schemas.ts';
import { answer } from './agents.ts';
import { AgentAnswer, DispositionBody, SignInBody, StateBody } from './schemas.ts';

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
  const does = async (principal: Principal, id: AgentId, deed: () => Refusal | undefined) => {
    mustReach(principal, context.control, [id]);
    const agent = found(await context.store.configuration.agents.get(id), 'agent', id);
    const refused = deed();
    if (refused) throw new CodedError(refused);
    return answer(agent, context.control.agent(id));
  };
  const act = (principal: Principal, id: AgentId, command: Command) =>
    does(principal, id, () => void submit(context, command));

  app.post(
    '/:id/sign-in',
    {
      config: { scope: 'agents:act' },
      schema: {
        tags,
        summary: 'Sign an agent in',
        description:
          'Not ready, reason `signedIn`, until they say ready. With `phone` they sit at that phone until they sign out; whoever was signed in there without a call is signed out, if they are yours to steer (an agent takes a phone where nobody is; from the phone itself, with their PIN, any).',
        params,
        body: SignInBody,
        response,
      },
      // It may come without a body.
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    ({ params: { id }, body: { phone }, principal }) => {
      const there = phone === undefined ? undefined : signedInAt(context.control.agents, phone);
      if (there !== undefined) mustReach(principal, context.control, [there]);
      return does(principal, agentId(id), () => context.agentDesk.signIn(agentId(id), phone));
    },
  );

  app.post(
    '/:id/disposition',
    {
      config: { scope: 'agents:act' },
      schema: {
        tags,
        summary: "Say what became of the agent's conversation",
        description:
          'Of the one they have, or of their last one until the next begins. The last word counts; it is in the history of the call as `call.disposed`, and in its record.',
        params,
        body: DispositionBody,
        response,
      },
    },
    ({ params: { id }, body, principal }) =>
      does(principal, agentId(id), () => context.agentDesk.dispose(agentId(id), body.disposition)),
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

/** Who works at that phone. */
const signedInAt = (agents: readonly AgentView[], phone: string): AgentId | undefined =>
  agents.find((one) => (one.phone ?? one.extension) === phone && one.state.kind !== 'offline')?.id;

function stateCommand(id: AgentId, { state, reason }: Static<typeof StateBody>): Command {
  if (state === 'ready') return { type: 'agent.ready', agentId: id };
  if (state === 'wrapUpDone') return { type: 'agent.wrapUpDone', agentId: id };
  if (reason !== undefined) return { type: 'agent.notReady', agentId: id, reason };
  throw new CodedError(refusal('REQUEST_INVALID', 'body/reason is needed with notReady'));
}
