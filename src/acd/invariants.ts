import type { CallId } from '../model/ids.ts';
import { isAvailable, mayServe } from './agents.ts';
import { NEVER } from './deadlines.ts';
import { gateProblems, ledgerProblems } from './invariants-casual.ts';
import { isCasual } from './ledger.ts';
import { findOffer } from './offers.ts';
import { byOrder, shareOf } from './orders.ts';
import { demandsAfter, groupsAfter, stepsTaken } from './relaxation.ts';
import { holdsAll } from './skills.ts';
import { staffedIn } from './staffing.ts';
import { isFull, isRingingMany } from './stages.ts';
import type { Agent, Call, Floor, Lane, Queue, Ticket } from './state.ts';
import { isPassedOver } from './strategies.ts';
import { isPaused } from './tickets.ts';

/**
 * What must be true after every command, looked at from end to end and without the indexes that routing uses.
 * Each sentence names what is wrong; none, always.
 */
export function brokenInvariants(floor: Floor): readonly string[] {
  const agents = [...floor.agents.values()];
  const calls = [...floor.calls.values()];
  return [
    ...agents.flatMap((agent) => agentProblems(floor, agent)),
    ...calls.flatMap((call) => callProblems(floor, call)),
    ...[...floor.queues.values()].flatMap((queue) => queueProblems(floor, queue)),
    ...[...floor.tickets.values()].flatMap((ticket) => ticketProblems(floor, ticket)),
    ...agents.flatMap((agent) => idleBesideCaller(floor, agent, calls)),
    ...[...floor.ledgers.values()].flatMap((ledger) => ledgerProblems(floor, ledger)),
    ...[...floor.queues.values()].flatMap((queue) => gateProblems(floor, queue)),
    ...(hasAllByCaller(floor, calls) ? [] : ['I4 the calls by caller are others than there are.']),
    ...([...floor.ringing].every(isRingingMany) ? [] : ['I4 a call rings that is not offered.']),
    ...(floor.freshAgents.length + floor.freshCalls.length > 0
      ? ['Something is left to route.']
      : []),
  ];
}

/** Each once, under its caller's key, the newest first. */
function hasAllByCaller({ callsOf }: Floor, calls: readonly Call[]): boolean {
  const known = calls.filter(({ callerKey }) => callerKey !== undefined);
  const chains = known.flatMap(({ callerKey = '' }) => [...callsOf.of(callerKey)]);
  const inOrder = chains.every(
    ({ callerKey, seq, sibling }) =>
      sibling === undefined || (sibling.callerKey === callerKey && sibling.seq < seq),
  );
  return (
    inOrder && [...callsOf].length === known.length && known.every((call) => chains.includes(call))
  );
}

/** I1 one offer or call at most, and the other side knows of it; I2 nobody past a deadline. */
function agentProblems(floor: Floor, agent: Agent): readonly string[] {
  const { state, id } = agent;
  const dueAt = floor.deadlines.of(agent);
  const problems: string[] = [];
  if (dueAt <= floor.now) problems.push(`I2 agent ${id} is past a deadline.`);
  if (state.kind === 'wrapUp' && dueAt > state.until) {
    problems.push(`I2 agent ${id} has after-call work without an end.`);
  }
  if (state.kind === 'offered' || state.kind === 'talking') {
    const stage = floor.calls.get(state.callId)?.stage;
    const agrees =
      state.kind === 'offered'
        ? stage?.kind === 'offered' &&
          stage.rings.some(
            (ring) => ring.agent === agent && findOffer(floor, state.offerId) === ring,
          )
        : stage?.kind === 'talking' && stage.agent === agent;
    if (!agrees)
      problems.push(`I1 agent ${id} is ${state.kind} to a call that knows nothing of it.`);
  }
  if (agent.ledger !== floor.ledgers.get(id)) problems.push(`I4 agent ${id} has another ledger.`);
  if (state.kind === 'offered' && !agent.reachable) {
    problems.push(`I1 agent ${id} is offered a call without a phone.`);
  }
  if (agent.intention && !hasInHand(floor, agent)) {
    problems.push(`I3 agent ${id} is ${state.kind} and still means to be ${agent.intention.kind}.`);
  }
  if (agent.removed && state.kind !== 'talking' && state.kind !== 'wrapUp') {
    problems.push(`I3 agent ${id} is removed, idle, and still there.`);
  }
  const { memberOf, serves, staffs } = agent;
  if ([...memberOf, ...serves, ...staffs].some((queue) => floor.queues.get(queue.id) !== queue)) {
    problems.push(`I4 agent ${id} belongs to a queue that is gone.`);
  }
  const { queues, freeIn, listedIn } = agent;
  const free = queues.filter((queue) => mayServe(floor, agent, queue));
  if (!same(freeIn, free) || !same(listedIn, free)) {
    problems.push(`I4 agent ${id} is free in other queues than is known.`);
  }
  return problems;
}

/** A conversation, its after-call work, or a colleague's call that rings: what comes afterwards may be asked for. */
function hasInHand(floor: Floor, { state }: Agent): boolean {
  if (state.kind === 'offered') return floor.calls.get(state.callId)?.directed === true;
  return state.kind === 'talking' || state.kind === 'wrapUp';
}

function callProblems(floor: Floor, call: Call): readonly string[] {
  const { stage, id } = call;
  const dueAt = floor.deadlines.of(call);
  const problems: string[] = [];
  if (dueAt <= floor.now) problems.push(`I2 call ${id} is past a deadline.`);
  if (stage.kind !== 'talking' && dueAt === NEVER) {
    problems.push(`I2 call ${id} is ${stage.kind} without a deadline.`);
  }
  if (stage.kind !== 'waiting') {
    const agents = stage.kind === 'offered' ? stage.rings.map(({ agent }) => agent) : [stage.agent];
    const agrees = agents.every(
      (agent) =>
        floor.agents.get(agent.id) === agent &&
        agent.state.kind === stage.kind &&
        agent.state.callId === id,
    );
    if (!agrees || agents.length === 0)
      problems.push(`I1 call ${id} is ${stage.kind} to an agent who knows nothing of it.`);
  }
  if (floor.queues.get(call.queue.id) !== call.queue) problems.push(`I4 call ${id} has no queue.`);
  return problems;
}

/** I6 a call back stands in the line once, and has a deadline: its own, or that of the call in its stead. */
function ticketProblems(floor: Floor, ticket: Ticket): readonly string[] {
  const { call, id } = ticket;
  const dueAt = floor.deadlines.of(ticket);
  const problems: string[] = [];
  if (dueAt <= floor.now) problems.push(`I2 call back ${id} is past a deadline.`);
  const ownDeadline = call ? call.stage.kind === 'talking' : !isPaused(ticket);
  if (ownDeadline !== (dueAt !== NEVER)) {
    problems.push(`I2 call back ${id} has no deadline, or one too many.`);
  }
  if (call && (call.ticket !== ticket || floor.calls.get(call.id) !== call)) {
    problems.push(`I6 the call in the stead of call back ${id} knows nothing of it.`);
  }
  const own = isPaused(ticket) ? floor.calls.get(ticket.mergeInto as CallId) : undefined;
  if (isPaused(ticket) && own?.callerKey !== ticket.callerKey) {
    problems.push(`I6 call back ${id} is paused for a call that is not its customer's.`);
  }
  if (floor.ticketOf.get(ticket.callerKey) !== ticket) {
    problems.push(`I6 the customer of call back ${id} has another.`);
  }
  return problems;
}

/** I4 the indexes and figures say what the agents and calls say. */
function queueProblems(floor: Floor, queue: Queue): readonly string[] {
  const own = [...floor.calls.values()].filter((call) => call.queue === queue);
  const count = (kind: Call['stage']['kind']): number =>
    own.filter(({ stage }) => stage.kind === kind).length;
  const owned = [...floor.agents.values()].flatMap(({ ownLanes }) =>
    ownLanes.filter((lane) => lane.queue === queue),
  );
  const lanes = [...queue.busyLanes.lanes, ...owned]
    .flatMap((lane) => [...lane.waiting])
    .sort(byOrder);
  const waiting = own.filter(({ stage }) => stage.kind === 'waiting').sort(byOrder);
  const members = [...floor.agents.values()].filter((agent) => agent.memberOf.includes(queue));
  const signedIn = members.filter(({ state }) => state.kind !== 'offline');
  const ready = signedIn.filter(({ state, reachable }) => state.kind === 'ready' && reachable);
  const free = [...floor.agents.values()]
    .filter(({ queues }) => queues.includes(queue))
    .filter((agent) => mayServe(floor, agent, queue))
    .sort((a, b) => a.idleSince - b.idleSince || a.seq - b.seq);
  const idle = free.filter((agent) => !isCasual(agent));
  const casual = free.filter(isCasual).sort((a, b) => shareOf(a) - shareOf(b));
  const staff = members
    .filter((agent) => staffedIn(agent).includes(queue))
    .sort((a, b) => a.seq - b.seq);
  const checks: readonly (readonly [string, boolean])[] = [
    [
      'waiting',
      queue.waiting === waiting.filter(({ ticket }) => !ticket).length && same(lanes, waiting),
    ],
    ['line', same([...queue.line], waiting)],
    ['own', owned.every((lane) => lane.head === lane.waiting.first)],
    ['busyLanes', queue.busyLanes.lanes.every((lane, place) => isInPlace(queue, lane, place))],
    ['callbacks', queue.callbacks === waiting.filter(({ ticket }) => ticket).length],
    ['offered', queue.offered === count('offered')],
    ['talking', queue.talking === count('talking')],
    [
      'inLine',
      same(
        [...queue.inLine],
        own.filter(
          ({ stage, ticket, directed }) => stage.kind !== 'talking' && !ticket && !directed,
        ),
      ),
    ],
    ['members', queue.members === members.length],
    ['agentsSignedIn', queue.agentsSignedIn === signedIn.length],
    ['agentsReady', queue.agentsReady === ready.length],
    ['idle', same([...queue.idle], idle)],
    ['idleCasual', same([...queue.idleCasual], casual)],
    [
      'helpers',
      same(
        queue.gate.helpers,
        [...floor.agents.values()].filter((agent) => isCasual(agent) && belongsTo(agent, queue)),
      ),
    ],
    ['staff', same([...queue.staff], staff)],
    ['closing', !queue.closing || own.length > 0],
  ];
  return checks
    .filter(([, holds]) => !holds)
    .map(([name]) => `I4 queue ${queue.id}: ${name} is wrong.`);
}

/** I5 no free agent beside a call that they may have. */
function idleBesideCaller(floor: Floor, agent: Agent, calls: readonly Call[]): readonly string[] {
  if (!isAvailable(floor, agent)) return [];
  const call = calls.find(
    (other) => other.stage.kind === 'waiting' && mayHave(floor, agent, other),
  );
  return call ? [`I5 agent ${agent.id} is idle beside call ${call.id}.`] : [];
}

const mayHave = (floor: Floor, agent: Agent, call: Call): boolean =>
  isOpenTo(floor, agent, call) &&
  mayServe(floor, agent, call.queue) &&
  !isFull(call.queue) &&
  (call.preferredUntil === 0 || call.preferredAgentId === agent.id) &&
  holdsAll(
    agent.config.skills,
    demandsAfter(call.queue.config, call.requiredSkills, stepsTaken(floor, call)),
  ) &&
  !isPassedOver(floor, agent, call);

const isOpenTo = (floor: Floor, agent: Agent, call: Call): boolean =>
  agent.memberOf.includes(call.queue) ||
  groupsAfter(call.queue.config, stepsTaken(floor, call)).some((group) => agent.groups.has(group));

/** A lane knows its first call and its place, and comes after the lane above it. */
function isInPlace({ busyLanes }: Queue, lane: Lane, place: number): boolean {
  if (lane.head === undefined || lane.head !== lane.waiting.first || lane.place !== place) {
    return false;
  }
  return place === 0 || !busyLanes.isAfter((place - 1) >> 1, lane.head);
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** As a member, or by a group that a call of the queue may be widened to. */
const belongsTo = ({ queues }: Agent, queue: Queue): boolean => queues.includes(queue);
