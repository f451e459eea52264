import { CodedError, refusal } from '../lib/errors.ts';
import { type Principal, type Reachable, reaches, reachesAll } from '../model/access.ts';
import type { AgentId } from '../model/ids.ts';
import type { Control } from '../runtime/ports/index.ts';

/** The agents whom somebody may see and steer; undefined: all there are, were and will be. */
export function agentsWithin(
  principal: Principal,
  control: Pick<Control, 'agents'>,
): readonly AgentId[] | undefined {
  if (reachesAll(principal)) return undefined;
  return control.agents.filter((agent) => reaches(principal, agent)).map(({ id }) => id);
}

/** FORBIDDEN unless one of those agents is theirs to see. */
export function mustReach(
  principal: Principal,
  control: Pick<Control, 'agent'>,
  agentIds: readonly AgentId[],
): void {
  if (reachesAll(principal) || agentIds.some((id) => reachesOne(principal, control, id))) return;
  throw new CodedError(refusal('FORBIDDEN', 'It is none of the agents whom you may see.'));
}

/** FORBIDDEN unless the agent, as configured, is theirs. */
export function demandReach(principal: Principal, agent: Reachable): void {
  if (reaches(principal, agent)) return;
  throw new CodedError(refusal('FORBIDDEN', `You may not change the agent ${agent.id}.`));
}

/** Nobody but those who see all sees who is not there any more. */
function reachesOne(principal: Principal, control: Pick<Control, 'agent'>, id: AgentId): boolean {
  const agent = control.agent(id);
  return agent !== undefined && reaches(principal, agent);
}

/** What of a call decides whose it is, in progress or over. */
interface OfAnAgent {
  readonly agentId?: AgentId | undefined;
}

/**
 * Says of calls, records and messages whether somebody may see and act on them: those of the agents within their
 * reach, and, for whoever is no agent, those that are nobody's yet.
 */
export function within(
  principal: Principal,
  control: Pick<Control, 'agent'>,
): (one: OfAnAgent) => boolean {
  if (reachesAll(principal)) return () => true;
  const nobodysToo = principal.agentId === undefined;
  return ({ agentId }) =>
    agentId === undefined ? nobodysToo : reachesOne(principal, control, agentId);
}

/** FORBIDDEN unless it is theirs to see. */
export function mustBeWithin(
  principal: Principal,
  control: Pick<Control, 'agent'>,
  one: OfAnAgent,
): void {
  if (within(principal, control)(one)) return;
  throw new CodedError(refusal('FORBIDDEN', 'It is none of the agents whom you may see.'));
}
