import { EPOCH_MS_MAX, type EpochMs } from '../lib/clock.ts';
import type { AgentId, CallbackId, CallId, QueueId } from '../model/ids.ts';
import type { LedgerView } from '../model/ledger.ts';
import { closedLine } from './admission.ts';
import {
  finishWrapUp,
  setNotReady,
  setPhone,
  setReady,
  signIn,
  signOut,
  withAgent,
} from './agent-commands.ts';
import { abandon, endCall, enqueue, refuseOffer, setHeld, withOffer } from './call-commands.ts';
import {
  cancelCallback,
  failCallback,
  reachCallback,
  requestCallback,
  scheduleCallback,
  withTicket,
} from './callback-commands.ts';
import { positionOf, settleJoined } from './calls.ts';
import { weighGates } from './casual.ts';
import type { Change } from './changes.ts';
import { loadFloor, saveFloor } from './codec.ts';
import type { Command, Refused, Reply } from './commands.ts';
import { configure, reconfigure } from './configure.ts';
import { createFloor } from './create-floor.ts';
import { direct } from './directing.ts';
import { type Estimate, estimateOf, queueEstimate } from './estimate.ts';
import { fireDue } from './fire.ts';
import { brokenInvariants } from './invariants.ts';
import { viewLedger } from './ledger-view.ts';
import { acceptOffer, holdOffer } from './offers.ts';
import { prioritise } from './prioritising.ts';
import { DONE, refuse } from './refusal.ts';
import { returnCall } from './returns.ts';
import { route } from './routing.ts';
import { serviceLevelOf } from './service-level.ts';
import { isFigure } from './shapes.ts';
import type { Floor } from './state.ts';
import { CallTrace, TRACE_LIMITS, type TraceLimits } from './trace.ts';
import {
  type AgentView,
  type CallbackView,
  type EngineCallView,
  firstInLine,
  type QueueView,
  viewAgent,
  viewCall,
  viewQueue,
  viewTicket,
  waitingInOrder,
} from './views.ts';
import { watchStaffing } from './watch.ts';
import { malformed } from './well-formed.ts';

export type {
  AgentView,
  CallbackView,
  EngineCallView,
  QueueView,
} from './views.ts';

/** What came of a command. */
export interface Applied {
  readonly reply: Reply;
  /** In the order in which they happened; also of deadlines that fell due, even when the command is refused. */
  readonly changes: readonly Change[];
}

/**
 * The queue engine: a function of its commands. It asks neither the time nor a die, so that the same
 * commands give the same state to the byte. `apply` is its only door; everything else only looks.
 */
export class Engine {
  readonly #floor: Floor;

  private constructor(floor: Floor) {
    this.#floor = floor;
  }

  /** An engine that knows nobody: the first command is `configure`. */
  static create(): Engine {
    return new Engine(createFloor());
  }

  /** The engine whose {@link serialize} gave the text. Throws on a text of another version. */
  static restore(text: string): Engine {
    return new Engine(loadFloor(text));
  }

  /**
   * Takes one command. Whatever is due at `now` happens first, then the command, then the routing that
   * either made possible. A time before the last one, or what is no time, counts as the last one (rule T1).
   */
  apply(now: EpochMs, command: Command): Applied {
    const floor = this.#floor;
    floor.spareCalls.renew();
    if (isFigure(now) && now > floor.now && now <= EPOCH_MS_MAX) floor.now = now;
    // biome-ignore lint/style/useArrayLiterals: room for four; a literal is moved to room for seventeen at its first item.
    floor.changes = new Array<Change>();
    // The last command left nothing to do but what time brings (rule T2).
    if (fireDue(floor)) settle(floor);
    const reply = malformed(command) ?? obey(floor, command);
    settle(floor);
    return { reply, changes: floor.changes };
  }

  /**
   * Writes down every decision about the call from now on (rules W1 to W4). For replays: an engine that serves
   * callers is never followed. One trace at a time.
   */
  follow(callId: CallId, limits: TraceLimits = TRACE_LIMITS): CallTrace {
    const trace = new CallTrace(this.#floor, callId, limits);
    this.#floor.observer = trace;
    return trace;
  }

  /** When the next `tick` has something to do; undefined: only the world can bring about anything. */
  nextDeadline(): EpochMs | undefined {
    return this.#floor.deadlines.next;
  }

  /** The whole state as text. The same commands give the same text. */
  serialize(): string {
    return saveFloor(this.#floor);
  }

  /** What is wrong inside, each as a sentence; empty, always. For simulations: it looks at everything. */
  brokenInvariants(): readonly string[] {
    return brokenInvariants(this.#floor);
  }

  agents(): readonly AgentView[] {
    return [...this.#floor.agents.values()].map((agent) => viewAgent(this.#floor, agent));
  }

  /** Undefined: no such agent, or not any more. */
  agent(id: AgentId): AgentView | undefined {
    const agent = this.#floor.agents.get(id);
    return agent && viewAgent(this.#floor, agent);
  }

  /** What an agent with limits has spent, on what, and how long it will last. Undefined: no such agent, or no limits. */
  ledger(id: AgentId): LedgerView | undefined {
    const agent = this.#floor.agents.get(id);
    return agent?.ledger && viewLedger(agent, agent.ledger, this.#floor.now);
  }

  queues(): readonly QueueView[] {
    return [...this.#floor.queues.values()].map((queue) => viewQueue(this.#floor, queue));
  }

  /** Undefined: no such queue, or not any more. Costs a step per queue that its agents serve. */
  queue(id: QueueId): QueueView | undefined {
    const queue = this.#floor.queues.get(id);
    return queue && viewQueue(this.#floor, queue);
  }

  /** The queues that show this agent in their figures: those to show anew when the agent changed. */
  queuesOf(id: AgentId): readonly QueueId[] {
    return this.#floor.agents.get(id)?.memberOf.map((queue) => queue.id) ?? [];
  }

  /** Every call in a queue, offered or talking. */
  calls(): readonly EngineCallView[] {
    const inLine = [...this.#floor.queues.values()].flatMap((queue) =>
      waitingInOrder(queue).flatMap((call, index) =>
        call.ticket ? [] : [viewCall(this.#floor, call, index + 1)],
      ),
    );
    const served = [...this.#floor.calls.values()].filter(
      ({ stage, ticket }) => stage.kind !== 'waiting' && !ticket,
    );
    return [...inLine, ...served.map((call) => viewCall(this.#floor, call))];
  }

  /** Undefined: no such call in any queue, or not any more. */
  call(id: CallId): EngineCallView | undefined {
    const call = this.#floor.calls.get(id);
    return call && !call.ticket ? viewCall(this.#floor, call) : undefined;
  }

  /** Every promise to ring somebody back, in the order in which they were made. */
  callbacks(): readonly CallbackView[] {
    return [...this.#floor.tickets.values()].map(viewTicket);
  }

  callback(id: CallbackId): CallbackView | undefined {
    const ticket = this.#floor.tickets.get(id);
    return ticket && viewTicket(ticket);
  }

  /** 1 is the next to be served; undefined: the call is not waiting. Cheap in a line of any length. */
  position(id: CallId): number | undefined {
    const call = this.#floor.calls.get(id);
    return call && positionOf(call);
  }

  /** The first who wait in the queue, in the order in which they will be served; call backs among them. */
  line(id: QueueId, max: number): readonly CallId[] {
    const queue = this.#floor.queues.get(id);
    return queue ? firstInLine(queue, max) : [];
  }

  /** Why no caller could join the queue now; undefined: whoever comes is taken. */
  closedLine(id: QueueId): Refused | undefined {
    return closedLine(this.#floor, id);
  }

  /** How long the call will still wait; undefined: it does not wait, or nobody at work can serve it. */
  estimate(id: CallId): Estimate | undefined {
    const call = this.#floor.calls.get(id);
    return call && estimateOf(this.#floor, call);
  }

  /** How long somebody would wait who joined the queue now; undefined: nobody at work serves it. */
  queueEstimate(id: QueueId): Estimate | undefined {
    const queue = this.#floor.queues.get(id);
    return queue && queueEstimate(this.#floor, queue);
  }

  /** 0 to 1, of the last half hour; undefined: nobody came. */
  serviceLevel(id: QueueId): number | undefined {
    const queue = this.#floor.queues.get(id);
    return queue && serviceLevelOf(this.#floor, queue);
  }
}

/** Routes, lets casual agents help where they are needed, and fires what fell due, until nothing is left to do. */
function settle(floor: Floor): void {
  do {
    watchStaffing(floor);
    route(floor);
    settleJoined(floor);
  } while (weighGates(floor) || fireDue(floor) || floor.watched !== floor.staffing);
}

function obey(floor: Floor, command: Command): Reply {
  switch (command.type) {
    case 'configure':
      return configure(floor, { ...command, zone: command.zone ?? 'UTC' });
    case 'reconfigure':
      return reconfigure(floor, command);
    case 'agent.signIn':
      return withAgent(floor, command, signIn);
    case 'agent.signOut':
      return withAgent(floor, command, signOut);
    case 'agent.ready':
      return withAgent(floor, command, setReady);
    case 'agent.notReady':
      return withAgent(floor, command, setNotReady);
    case 'agent.wrapUpDone':
      return withAgent(floor, command, finishWrapUp);
    case 'agent.reachable':
      return withAgent(floor, command, setPhone);
    case 'call.enqueue':
      return enqueue(floor, command);
    case 'call.abandon':
      return abandon(floor, command);
    case 'call.prioritise':
      return prioritise(floor, command);
    case 'offer.pickedUp':
      return withOffer(floor, command, holdOffer);
    case 'offer.answered':
      return withOffer(floor, command, acceptOffer);
    case 'offer.failed':
      return withOffer(floor, command, refuseOffer);
    case 'call.returned':
      return returnCall(floor, command.callId, command.cause);
    case 'call.direct':
      return direct(floor, command);
    case 'call.held':
    case 'call.retrieved':
      return setHeld(floor, command.callId, command.type === 'call.held');
    case 'call.ended':
      return endCall(floor, command.callId);
    case 'callback.request':
      return requestCallback(floor, command);
    case 'callback.schedule':
      return scheduleCallback(floor, command);
    case 'callback.cancel':
      return withTicket(floor, command, cancelCallback);
    case 'callback.reached':
      return withTicket(floor, command, reachCallback);
    case 'callback.failed':
      return withTicket(floor, command, failCallback);
    case 'tick':
      return DONE;
    default:
      return unknownCommand(command);
  }
}

/** Of a later version, or of nobody: it says nothing to this engine, and time alone has passed. */
const unknownCommand = (command: never): Reply =>
  refuse('COMMAND_UNKNOWN', `There is no command ${String((command as Command).type)}.`);
