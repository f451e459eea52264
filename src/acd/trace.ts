import type { EpochMs } from '../lib/clock.ts';
import type { Cause, Decision, Explanation } from '../model/explanation.ts';
import type { AgentId, CallId, OfferId } from '../model/ids.ts';
import { isAvailable } from './agents.ts';
import { positionOf } from './calls.ts';
import { candidateFor, candidatesFor, placeOf } from './candidates.ts';
import type { Change } from './changes.ts';
import type { Command } from './commands.ts';
import { objectionsTo } from './objections.ts';
import { stepsTaken } from './relaxation.ts';
import type { Agent, Call, Floor, Observer } from './state.ts';
import { configures } from './well-formed.ts';

/** So much of a call is told: the first half and the last half, and how many were left out between. */
export interface TraceLimits {
  readonly decisionsMax: number;
  /** Agents by name at each decision; the rest is counted. */
  readonly candidatesMax: number;
}

export const TRACE_LIMITS: TraceLimits = { decisionsMax: 200, candidatesMax: 20 };

/** Changes that say nothing about who gets the call, or that `offered` tells with its candidates. */
const QUIET: ReadonlySet<Change['type']> = new Set(['announcement.due', 'offer.made']);

/** The engine whose floor it is. */
interface Followed {
  apply(at: EpochMs, command: Command): { readonly changes: readonly Change[] };
}

type Unsaid<T> = T extends unknown ? Omit<T, 'at' | 'cause'> : never;

/**
 * Follows one call through the commands of the journal and writes down every moment at which the engine
 * considered it (rules W1 to W4). It only looks: an engine that is followed does what it would have done.
 */
export class CallTrace implements Observer {
  readonly #floor: Floor;
  readonly #callId: CallId;
  readonly #limits: TraceLimits;
  readonly #first: Decision[] = [];
  #last: Decision[] = [];
  #omitted = 0;
  #cause: Cause = { type: 'deadline' };
  /** How many of the command's changes are told, and whether one of them was about the call. */
  #told = 0;
  #concerned = false;
  #openness = 0;

  constructor(floor: Floor, callId: CallId, limits: TraceLimits) {
    this.#floor = floor;
    this.#callId = callId;
    this.#limits = limits;
  }

  get explanation(): Explanation {
    this.#cut(this.#limits.decisionsMax >> 1);
    const decisions = [...this.#first, ...this.#last];
    return { callId: this.#callId, decisions, omitted: this.#omitted };
  }

  /** Gives the engine a command as the journal has it; time first, as `apply` itself does it (rule T2). */
  apply(engine: Followed, at: EpochMs, command: Command): void {
    for (const each of [{ type: 'tick' } as const, command]) {
      this.#cause = causeOf(each);
      this.#told = 0;
      this.#concerned = configures(each);
      this.#end(engine.apply(at, each).changes);
    }
  }

  #end(changes: readonly Change[]): void {
    this.#tellUntilNow(changes);
    const call = this.#waiting();
    if (!call) return;
    if (this.#hasSoftened(call) || this.#concerned) this.#waits(call);
    else for (const agent of this.#freed(call, changes)) this.#notFor(call, agent);
  }

  /** Time alone opened the call to more agents: a step of relaxation, or the end of the wait for one agent. */
  #hasSoftened(call: Call): boolean {
    const waitsForOne = call.preferredUntil > this.#floor.now;
    const openness = stepsTaken(this.#floor, call) * 2 + (waitsForOne ? 0 : 1);
    const before = this.#openness;
    this.#openness = openness;
    return before !== openness;
  }

  /** What has come of the command so far, in its place before what comes next. */
  #tellUntilNow(changes: readonly Change[]): void {
    for (const change of changes.slice(this.#told)) {
      const isOurs = 'callId' in change ? change.callId === this.#callId : this.#isOfQueue(change);
      if (!isOurs || QUIET.has(change.type)) continue;
      this.#concerned = true;
      this.#tell(change);
    }
    this.#told = changes.length;
  }

  /** The engine is about to offer the call to the agent; nothing has moved yet. */
  offering(call: Call, agent: Agent, offerId: OfferId): void {
    this.#tellUntilNow(this.#floor.changes);
    if (call.id === this.#callId) {
      const candidates = candidatesFor(this.#floor, call, this.#limits.candidatesMax, agent);
      const place = placeOf(call);
      this.#add({ kind: 'offered', agentId: agent.id, offerId, place, candidates });
      return;
    }
    const own = this.#waiting();
    if (!own || !agent.memberOf.includes(own.queue)) return;
    if (objectionsTo(this.#floor, own, agent).length > 0) this.#notFor(own, agent);
    else {
      const candidate = candidateFor(this.#floor, own, agent);
      const [place, other] = [placeOf(own), placeOf(call)];
      this.#add({ kind: 'otherFirst', agent: candidate, place, other });
    }
  }

  #tell(change: Change): void {
    const { type, ...data } = change;
    this.#add({ kind: 'change', type, data });
  }

  #waits(call: Call): void {
    const candidates = candidatesFor(this.#floor, call, this.#limits.candidatesMax);
    const position = positionOf(call) ?? 1;
    this.#add({ kind: 'waits', place: placeOf(call), position, candidates });
  }

  #notFor(call: Call, agent: Agent): void {
    this.#add({ kind: 'notFor', agent: candidateFor(this.#floor, call, agent) });
  }

  /** The agents of the call's queue who became free just now, and still are. */
  #freed(call: Call, changes: readonly Change[]): readonly Agent[] {
    const ids = new Set<AgentId>(this.#cause.agentId ? [this.#cause.agentId] : []);
    for (const change of changes) {
      if (change.type === 'agent.changed' && change.to.kind === 'ready') ids.add(change.agentId);
    }
    return [...ids].flatMap((id) => {
      const agent = this.#floor.agents.get(id);
      const isFree = agent?.memberOf.includes(call.queue) && isAvailable(this.#floor, agent);
      return agent && isFree ? [agent] : [];
    });
  }

  /** What happened to the queue as a whole concerns everybody who waits in it. */
  #isOfQueue(change: Change): boolean {
    return 'queueId' in change && change.queueId === this.#waiting()?.queue.id;
  }

  #waiting(): Call | undefined {
    const call = this.#floor.calls.get(this.#callId);
    return call?.stage.kind === 'waiting' ? call : undefined;
  }

  #add(decision: Unsaid<Decision>): void {
    const at: EpochMs = this.#floor.now;
    const whole = { at, cause: this.#cause, ...decision } as Decision;
    const half = this.#limits.decisionsMax >> 1;
    if (this.#first.length < half) {
      this.#first.push(whole);
      return;
    }
    this.#last.push(whole);
    // Twice the half before it is cut, so that cutting costs nothing.
    if (this.#last.length >= 2 * half) this.#cut(half);
  }

  #cut(half: number): void {
    this.#omitted += Math.max(0, this.#last.length - half);
    this.#last = this.#last.slice(-half);
  }
}

function causeOf(command: Command): Cause {
  if (command.type === 'tick') return { type: 'deadline' };
  return {
    type: command.type,
    ...('agentId' in command ? { agentId: command.agentId } : {}),
    ...('callId' in command ? { callId: command.callId } : {}),
  };
}
