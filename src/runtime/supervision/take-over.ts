import { type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import type { AgentConfig } from '../../model/agent.ts';
import type { CallSession } from '../call-session.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { DeskPhones } from '../talk/desk-phones.ts';
import type { Person } from '../talk/talk.ts';
import type { Successor, Talks } from '../talk/talks.ts';
import type { World } from '../world.ts';
import type { Watch } from './watch.ts';

/** What an agent may be in the midst of when they take a call over. */
const FREE = ['ready', 'notReady', 'offline'];

/**
 * Gives supervisors the customer, in the agent's place. One who is an agent has the call as an agent has: their time is
 * theirs, and no other call comes meanwhile. Who is not signed in is so for this conversation and its after-call work.
 * Anybody else has it as somebody outside has.
 */
export class TakeOver {
  readonly #world: World;
  readonly #talks: Talks;
  readonly #phones: DeskPhones;

  constructor(world: World, talks: Talks, phones: DeskPhones) {
    this.#world = world;
    this.#talks = talks;
    this.#phones = phones;
  }

  /** Why the supervisor cannot have any call now. */
  objection({ supervisor }: Watch): Refusal | undefined {
    const agent = this.#world.desks.agentAt(supervisor);
    const kind = agent && this.#world.engine.agent(agent.id)?.state.kind;
    return kind === undefined || FREE.includes(kind)
      ? undefined
      : refusal('AGENT_STATE', `Agent ${agent?.id} is ${kind}.`);
  }

  /** The supervisor, who hears nobody any more, has the customer. The refusal says why not; then nothing has changed. */
  seat(watch: Watch, leg: CallerLeg): Refusal | undefined {
    const objection = this.objection(watch);
    if (objection) return objection;
    const { session, supervisor: name } = watch;
    const agent = this.#world.desks.agentAt(name);
    const dialling = { sipCallId: leg.identity.sipCallId, hangup: () => leg.hangup() };
    const who = { name, leg, dialling };
    // Whose phone it is may have no place in the engine, or no calls left.
    if (!agent || this.#asAgent(session, who, agent)) {
      const to = { kind: 'extension', extension: name } as const;
      const person: Person = { kind: 'other', to, ...optional('agentId', agent?.id) };
      const refused = this.#talks.takeOver(session, { ...who, person });
      if (refused) return refused;
    }
    this.#adopt(session, leg);
    return undefined;
  }

  #asAgent(
    session: CallSession,
    who: Omit<Successor, 'person'>,
    { id: agentId, extension }: AgentConfig,
  ): Refusal | undefined {
    const { engine, command, inbox } = this.#world;
    const { state, reachable } = engine.agent(agentId) ?? {};
    const comesIn = state?.kind === 'offline' && reachable;
    if (comesIn) command({ type: 'agent.signIn', agentId });
    const person: Person = { kind: 'agent', agentId, extension };
    const refused = this.#talks.takeOver(session, { ...who, person });
    // Said while they speak, it is so when they have finished (rule A4).
    if (comesIn) inbox.post(() => void command({ type: 'agent.signOut', agentId }));
    return refused;
  }

  /** Who listened by the code speaks with the customer in that call, and makes none of their own any more. */
  #adopt(session: CallSession, leg: CallerLeg): void {
    const own = this.#world.sessions.get(leg.callId);
    if (!own) return;
    this.#phones.tookOver(session, leg);
    this.#world.finish(own, 'flowEnded', 'system');
  }

  /** A key of the phone that has the customer. */
  keyed(leg: CallerLeg, key: string): void {
    this.#phones.keyed(leg, key);
  }

  /** The phone that had the customer has hung up, or (`died`) is no more. */
  gone(session: CallSession, leg: CallerLeg, died: boolean): void {
    this.#talks.departures.ofLeg(session, leg, died);
  }
}
