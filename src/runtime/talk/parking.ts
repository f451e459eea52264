import { type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { AgentId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import type { Leg, ParkedCall } from '../ports/phones.ts';
import type { World } from '../world.ts';
import { keeperOf } from './talk.ts';
import type { Talks } from './talks.ts';

/** A parked call that nobody has picked up by then goes back to who parked it. */
export const PARK_MS = 120_000;

/**
 * Calls that wait for whoever comes for them, with music. One in each place; a place is named after the extension of
 * who parks, unless they name another.
 */
export class Parking {
  readonly #world: World;
  readonly #talks: Talks;

  constructor(world: World, talks: Talks) {
    this.#world = world;
    this.#talks = talks;
  }

  get calls(): readonly ParkedCall[] {
    return [...this.#world.sessions.values()].flatMap(({ id, talk }) => {
      const { slot, by, since } = talk?.parked ?? {};
      return slot !== undefined && by && since !== undefined
        ? [{ callId: id, slot, agentId: by, since, until: since + PARK_MS }]
        : [];
    });
  }

  /** The agent leaves, and the customer waits in the place. The place, or why not. */
  park(session: CallSession, wanted?: string): Result<string, Refusal> {
    const { talk } = session;
    // It comes back to an agent.
    const by = keeperOf(session)?.agentId;
    if (!talk || !by || talk.second)
      return err(refusal('CALL_STATE', `Call ${session.id} cannot be parked now.`));
    const { clock, inbox, history, live, directory } = this.#world;
    const slot = wanted ?? directory?.agents.get(by)?.extension ?? by;
    if (this.#at(slot)) return err(refusal('SLOT_TAKEN', `In ${slot} there is a call already.`));
    const hangUp = this.#talks.rooms.release(session);
    const limit = clock.after(PARK_MS, () => inbox.post(() => this.#comeBack(session)));
    talk.held = false;
    talk.parked = { slot, by, since: clock.now(), limit };
    session.stage = 'parked';
    history.stage(session, 'call.parked', { agentId: by, slot });
    live.call(session);
    void this.#talks.rooms.arrange(session).then(hangUp);
    return ok(slot);
  }

  /** The agent has the call; `leg`: on the phone by which they came for it, otherwise theirs is rung. */
  pickUp(slot: string, agentId: AgentId, leg?: Leg): Refusal | undefined {
    const session = this.#at(slot);
    const parked = session?.talk?.parked;
    const extension = this.#world.directory?.agents.get(agentId)?.extension;
    if (!session || !parked) return refusal('DESTINATION_UNKNOWN', `No call is parked in ${slot}.`);
    if (!extension) return refusal('AGENT_UNKNOWN', `There is no agent ${agentId}.`);
    const refused = this.#talks.summons.ring(session, {
      person: { kind: 'agent', agentId, extension },
      name: extension,
      by: { agentId: parked.by, name: parked.by },
      how: 'blind',
      ...optional('leg', leg),
    });
    if (refused) return refused;
    this.#leave(session);
    this.#world.history.record(session, 'call.pickedUp', { agentId, slot });
    return undefined;
  }

  #comeBack(session: CallSession): void {
    const parked = session.talk?.parked;
    if (session.stage !== 'parked' || !parked) return;
    this.#leave(session);
    const { by: agentId, slot } = parked;
    this.#world.history.record(session, 'call.parkedTooLong', { agentId, slot });
    this.#talks.handOvers.back(session, agentId);
  }

  #leave(session: CallSession): void {
    session.talk?.parked?.limit.cancel();
    if (session.talk) session.talk.parked = undefined;
    session.stage = 'talking';
    this.#world.live.call(session);
  }

  #at(slot: string): CallSession | undefined {
    return [...this.#world.sessions.values()].find(({ talk }) => talk?.parked?.slot === slot);
  }
}
