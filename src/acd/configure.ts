import type { AgentConfig } from '../model/agent.ts';
import type { QueueConfig } from '../model/queue.ts';
import { intend, intended, moveAgent } from './agents.ts';
import { wakeAlwaysOn } from './always-on.ts';
import { refreshCall } from './calls.ts';
import type { Command, Reply } from './commands.ts';
import { copyAgent, copyQueue } from './config-copies.ts';
import { createAgent, createQueue } from './create-floor.ts';
import { touchGate } from './gate.ts';
import { keepLedger } from './ledger.ts';
import { linkMembers, unlinkMembers } from './membership.ts';
import { loseAgent, offerOfAgent } from './offers.ts';
import { judgeAll } from './overflow.ts';
import { forgetQueueIfDone } from './queues.ts';
import { DONE, refuse } from './refusal.ts';
import { widensTo } from './relaxation.ts';
import type { Agent, Floor, Queue } from './state.ts';
import { endTicket, isInHand } from './tickets.ts';
import { problemsOf } from './validate.ts';
import { zoneProblems } from './validate-people.ts';
import { watchAnew } from './watch.ts';

type Whole = Omit<Required<Extract<Command, { type: 'configure' }>>, 'type'>;
type Part = Extract<Command, { type: 'reconfigure' }>;

/** What is new or other than it was, as copies that nobody else has, and what is gone. */
interface Difference {
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  readonly goneQueues: readonly Queue[];
  readonly goneAgents: readonly Agent[];
}

/**
 * Takes the whole configuration, or none of it; nobody who waits or talks notices (rules G1 to G4). `told`: those of it
 * that may be other than they were. What is the same costs next to nothing.
 */
export function configure(
  floor: Floor,
  whole: Whole,
  told: Pick<Whole, 'queues' | 'agents'> = whole,
): Reply {
  const { zone } = whole;
  const isRezoned = zone !== floor.zone;
  const queues = told.queues.map(copyQueue).filter((config) => isOtherQueue(floor, config));
  const copies = told.agents.map(copyAgent);
  const agents = isRezoned ? copies : copies.filter((config) => isOtherAgent(floor, config));
  const news = { queues: idsOf(queues), agents: idsOf(agents) };
  const problems = [...zoneProblems(zone), ...problemsOf(whole.queues, whole.agents, news)];
  if (problems.length > 0) return refuse('CONFIG_INVALID', problems.join(' '));
  floor.zone = zone;
  const kept = { queues: idsOf(whole.queues), agents: idsOf(whole.agents) };
  const goneQueues = configuredQueues(floor).filter(({ id }) => !kept.queues.has(id));
  const goneAgents = configuredAgents(floor).filter(({ id }) => !kept.agents.has(id));
  takeEffect(floor, { queues, agents, goneQueues, goneAgents });
  return DONE;
}

/** Takes what is different, or none of it: as the whole configuration with that in it (rule G5). */
export function reconfigure(floor: Floor, part: Part): Reply {
  const leaveQueues = new Set<string>([...part.goneQueueIds, ...idsOf(part.queues)]);
  const leaveAgents = new Set<string>([...part.goneAgentIds, ...idsOf(part.agents)]);
  const stay = {
    queues: configuredQueues(floor).filter(({ id }) => !leaveQueues.has(id)),
    agents: configuredAgents(floor).filter(({ id }) => !leaveAgents.has(id)),
  };
  const queues = [...stay.queues.map(({ config }) => config), ...part.queues];
  const agents = [...stay.agents.map(({ config }) => config), ...part.agents];
  return configure(floor, { queues, agents, zone: floor.zone }, part);
}

const idsOf = (things: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(things.map(({ id }) => id));

const configuredQueues = ({ queues }: Floor): readonly Queue[] =>
  [...queues.values()].filter(({ closing }) => !closing);

const configuredAgents = ({ agents }: Floor): readonly Agent[] =>
  [...agents.values()].filter(({ removed }) => !removed);

function isOtherQueue(floor: Floor, config: QueueConfig): boolean {
  const known = floor.queues.get(config.id);
  return !known || known.closing || JSON.stringify(known.config) !== JSON.stringify(config);
}

function isOtherAgent(floor: Floor, config: AgentConfig): boolean {
  const known = floor.agents.get(config.id);
  return !known || known.removed || JSON.stringify(known.config) !== JSON.stringify(config);
}

/** Whoever is touched by it leaves their queues as they were and joins them as they are; all others stay where they are. */
function takeEffect(floor: Floor, difference: Difference): void {
  const { queues, agents, goneQueues, goneAgents } = difference;
  if (queues.length + agents.length + goneQueues.length + goneAgents.length === 0) return;
  closeQueues(floor, goneQueues);
  endCallbacks(floor);
  const changed = queues.map((config) => configureQueue(floor, config));
  removeAgents(floor, goneAgents);
  const touched = touchedBy(floor, difference, [...changed, ...goneQueues]);
  unlinkMembers(floor, touched);
  const named = agents.map((config) => configureAgent(floor, config));
  linkMembers(floor, [...new Set([...touched, ...named])].filter(isThere(floor)));
  for (const queue of changed) touchGate(floor, queue);
  floor.staffing++;
  for (const agent of [...floor.agents.values()]) wakeAlwaysOn(floor, agent);
  for (const queue of [...floor.queues.values()]) {
    forgetQueueIfDone(floor, queue);
    if (queue.closing && queue.members === 0) sendCallersOn(floor, queue);
  }
}

const isThere =
  (floor: Floor) =>
  (agent: Agent): boolean =>
    floor.agents.get(agent.id) === agent;

/** Those whose own configuration is another one or gone, and whom the queues have or may be open to from now on. */
function touchedBy(
  floor: Floor,
  { agents, goneAgents }: Difference,
  queues: readonly Queue[],
): readonly Agent[] {
  const touched = new Set([
    ...agents.flatMap(({ id }) => floor.agents.get(id) ?? []),
    ...goneAgents,
  ]);
  const theirs = new Set(queues);
  const groups = new Set(queues.flatMap(widensTo));
  const isOneOfThem = (agent: Agent): boolean =>
    agent.queues.some((queue) => theirs.has(queue)) ||
    [...agent.groups].some((group) => groups.has(group));
  for (const agent of queues.length > 0 ? floor.agents.values() : [])
    if (isOneOfThem(agent)) touched.add(agent);
  return [...touched];
}

/** The agents of a queue that closes go on serving it until its last call is over. */
function closeQueues(floor: Floor, gone: readonly Queue[]): void {
  const closing = new Set(gone);
  for (const queue of closing) queue.closing = true;
  for (const agent of closing.size > 0 ? floor.agents.values() : []) {
    const ids = agent.memberOf.filter((queue) => closing.has(queue)).map(({ id }) => id);
    if (ids.length > 0) agent.lingersIn = [...agent.lingersIn, ...ids];
  }
}

/** Nobody is promised what a queue that is gone cannot keep; what an agent has in hand is finished (rule K8). */
function endCallbacks(floor: Floor): void {
  for (const ticket of [...floor.tickets.values()]) {
    if (!ticket.queue.closing || ticket.endingAs !== undefined) continue;
    if (isInHand(ticket)) ticket.endingAs = 'queueGone';
    else endTicket(floor, ticket, 'queueGone');
  }
}

function configureQueue(floor: Floor, config: QueueConfig): Queue {
  const queue = floor.queues.get(config.id);
  if (!queue) return addQueue(floor, config);
  const sameRules = JSON.stringify(queue.config.overflow) === JSON.stringify(config.overflow);
  queue.config = config;
  if (!sameRules) judgeAll(floor, queue);
  if (!queue.closing) return queue;
  queue.closing = false;
  watchAnew(queue);
  for (const agent of floor.agents.values()) {
    if (agent.lingersIn.includes(queue.id))
      agent.lingersIn = agent.lingersIn.filter((id) => id !== queue.id);
  }
  return queue;
}

function addQueue(floor: Floor, config: QueueConfig): Queue {
  const watch = { seq: ++floor.seq, unstaffedSince: undefined, unavailableSince: undefined };
  const queue = createQueue(config, watch, ++floor.seq);
  floor.queues.set(config.id, queue);
  return queue;
}

function configureAgent(floor: Floor, config: AgentConfig): Agent {
  const agent = floor.agents.get(config.id);
  if (!agent) return addAgent(floor, config);
  const before = agent.config;
  agent.config = config;
  keepLedger(floor, agent, before);
  if (agent.removed) {
    agent.removed = false;
    agent.intention = undefined;
  }
  return agent;
}

function addAgent(floor: Floor, config: AgentConfig): Agent {
  const agent = createAgent(config, ++floor.seq, floor.now);
  floor.agents.set(config.id, agent);
  keepLedger(floor, agent, undefined);
  return agent;
}

/** A removed agent finishes the call and the after-call work in progress, and nothing else. */
function removeAgents(floor: Floor, gone: readonly Agent[]): void {
  for (const agent of gone) {
    agent.removed = true;
    signOff(floor, agent);
  }
}

function signOff(floor: Floor, agent: Agent): void {
  const offline = intended(floor, agent, { kind: 'offline' });
  const offer = offerOfAgent(floor, agent);
  if (offer) loseAgent(floor, offer, offline);
  else if (agent.state.kind === 'talking' || agent.state.kind === 'wrapUp') {
    intend(floor, agent, { kind: 'offline' });
  } else if (agent.state.kind === 'offline') floor.agents.delete(agent.id);
  else moveAgent(floor, agent, offline);
}

/** Nobody is left who could serve them: they leave by the queue's time limit, which is now. */
function sendCallersOn(floor: Floor, queue: Queue): void {
  for (const call of queue.inLine) {
    call.waitUntil = Math.min(call.waitUntil, floor.now);
    refreshCall(floor, call);
  }
}
