import { normalise } from '../../callers/callers.ts';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { AgentConfig } from '../../model/agent.ts';
import { type AgentId, type FlowId, flowId, type QueueId, queueId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import { numberOf } from '../directory.ts';
import { destinationOf } from '../outbound/outside-phones.ts';
import type { Destination } from '../ports/index.ts';
import type { TransferTo } from '../ports/phones.ts';
import type { World } from '../world.ts';
import type { Person } from './talk.ts';

/** Somebody to speak with, or a place in the house. */
export type Goal =
  | { readonly kind: 'person'; readonly person: Person; readonly name: string }
  | { readonly kind: 'queue'; readonly queueId: QueueId }
  | { readonly kind: 'flow'; readonly flowId: FlowId; readonly node?: string };

type Read = Pick<World, 'directory' | 'engine' | 'outbound' | 'desks'>;

/** Finds whom or what is meant; a destination that is not allowed is refused, and counted. */
export function goalOf(world: Read, session: CallSession, to: TransferTo): Result<Goal, Refusal> {
  const { directory } = world;
  if ('agent' in to) {
    const agent = [...(directory?.agents.values() ?? [])].find(({ id }) => id === to.agent);
    return agent ? extension(world, session, agent.extension) : unknown(`agent ${to.agent}`);
  }
  if ('queue' in to) {
    const id = queueId(to.queue);
    return directory?.queues.has(id) ? ok({ kind: 'queue', queueId: id }) : unknown(`queue ${id}`);
  }
  if ('flow' in to) {
    const id = flowId(to.flow);
    const flow = directory?.flows.get(id);
    if (!flow) return unknown(`flow ${id}`);
    const { node } = to;
    if (node !== undefined && !flow.nodes.has(node)) return unknown(`node ${node} in flow ${id}`);
    return ok({ kind: 'flow', flowId: id, ...optional('node', node) });
  }
  if ('number' in to) return dialled(world, session, to.number);
  return outside(world, session, { kind: 'sip', uri: to.sip }, to.sip);
}

/**
 * What somebody dials: an extension of the house, one of its own numbers (whose flow it is), a queue by its name, or a
 * number outside. `host` says whose user it is: the house's own, unless it names another.
 */
export function dialled(
  world: Read,
  session: CallSession,
  user: string,
  foreignHost?: string,
): Result<Goal, Refusal> {
  const { directory } = world;
  if (foreignHost !== undefined) {
    const uri = `sip:${user}@${foreignHost}`;
    return outside(world, session, { kind: 'sip', uri }, uri);
  }
  if (directory?.agentByExtension.has(user)) return extension(world, session, user);
  const number = directory && numberOf(directory, user);
  if (number) return ok({ kind: 'flow', flowId: number.flowId });
  if (directory?.queues.has(queueId(user))) return ok({ kind: 'queue', queueId: queueId(user) });
  const country = directory && numberOf(directory, session.inbound.dnis)?.country;
  const e164 = normalise(user, country ?? 'ES');
  if (!e164?.startsWith('+')) return unknown(user);
  return outside(world, session, { kind: 'number', number: e164 }, e164);
}

/**
 * Whoever is signed in has a place in the engine; anybody else is a phone that rings, unless another sits at it, or
 * wherever they are reached outside.
 */
function extension(world: Read, session: CallSession, number: string): Result<Goal, Refusal> {
  const { directory, engine, desks } = world;
  const agent = directory?.agentByExtension.get(number);
  const state = agent && engine.agent(agent.id)?.state.kind;
  const isThere = state !== undefined && state !== 'offline';
  if (agent && isThere && queueFor(session, agent) !== undefined) {
    const person: Person = { kind: 'agent', agentId: agent.id, extension: number };
    return ok({ kind: 'person', person, name: number });
  }
  if (agent?.device) return outside(world, session, destinationOf(agent.device), number, agent.id);
  if (desks.agentAt(number)?.id !== agent?.id)
    return unknown(`${number} at the phone of that extension now: somebody else sits there`);
  const to = { kind: 'extension', extension: number } as const;
  const person: Person = { kind: 'other', to, ...optional('agentId', agent?.id) };
  return ok({ kind: 'person', person, name: number });
}

function outside(
  { outbound }: Read,
  session: CallSession,
  to: Destination,
  name: string,
  agentId?: AgentId,
): Result<Goal, Refusal> {
  const person: Person = { kind: 'other', to, ...optional('agentId', agentId) };
  if (outbound.allows(to)) return ok({ kind: 'person', person, name });
  outbound.refused('transfer', session.id, to);
  return err(refusal('DESTINATION_FORBIDDEN', 'Nothing here may call this destination.'));
}

/** In whose figures an agent's part counts: in those of a queue of theirs, if the customer has been in none. */
export const queueFor = (
  { queueId: own }: Pick<CallSession, 'queueId'>,
  agent: AgentConfig | undefined,
): QueueId | undefined => own ?? agent?.queueIds[0];

const unknown = (what: string): Result<Goal, Refusal> =>
  err(refusal('DESTINATION_UNKNOWN', `There is no ${what}.`));
