import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, type Result } from '../../lib/result.ts';
import type { AgentId, CallId } from '../../model/ids.ts';
import { type CallSession, isWaiting } from '../call-session.ts';
import type { ParkedCall, TalkControl, TransferTo } from '../ports/phones.ts';
import type { World } from '../world.ts';
import { goalOf } from './destinations.ts';
import type { Parking } from './parking.ts';
import { notNow } from './rooms.ts';
import type { Bringing } from './talk.ts';
import type { Talks } from './talks.ts';

/** What operators, and agents by their own programs, do with conversations: each is one input. */
export class TalkDesk implements TalkControl {
  readonly #world: World;
  readonly #talks: Talks;
  readonly #parking: Parking;

  constructor(world: World, talks: Talks, parking: Parking) {
    this.#world = world;
    this.#talks = talks;
    this.#parking = parking;
  }

  hold(id: CallId): Refusal | undefined {
    return this.#with(id, (session) => this.#talks.rooms.hold(session, true));
  }

  retrieve(id: CallId): Refusal | undefined {
    return this.#with(id, (session) => this.#talks.rooms.hold(session, false));
  }

  transfer(id: CallId, to: TransferTo): Refusal | undefined {
    return this.#with(id, (session) => this.#bring(session, to, 'blind'));
  }

  prioritise(id: CallId, priority: number): Refusal | undefined {
    return this.#with(id, (session) => {
      if (!isWaiting(session)) return notNow(session);
      const reply = this.#world.command({ type: 'call.prioritise', callId: id, priority });
      return reply.ok ? undefined : refusal(reply.code, reply.detail);
    });
  }

  consult(id: CallId, to: TransferTo): Refusal | undefined {
    return this.#with(id, (session) => this.#bring(session, to, 'consult'));
  }

  complete(id: CallId): Refusal | undefined {
    return this.#with(id, (session) => this.#talks.complete(session));
  }

  cancel(id: CallId): Refusal | undefined {
    return this.#with(id, (session) => this.#talks.cancel(session));
  }

  conference(id: CallId, to?: TransferTo): Refusal | undefined {
    return this.#with(id, (session) =>
      to ? this.#bring(session, to, 'conference') : this.#talks.join(session),
    );
  }

  leave(id: CallId): Refusal | undefined {
    return this.#with(id, (session) => this.#talks.leave(session));
  }

  park(id: CallId, slot?: string): Result<string, Refusal> {
    let parked: Result<string, Refusal> | undefined;
    const refused = this.#with(id, (session) => {
      parked = this.#parking.park(session, slot);
      return undefined;
    });
    return parked ?? err(refused ?? refusal('INTERNAL', 'Nothing came of it.'));
  }

  parked(): readonly ParkedCall[] {
    return this.#parking.calls;
  }

  pickUp(slot: string, agentId: AgentId): Refusal | undefined {
    return this.#world.inbox.ask(() => this.#parking.pickUp(slot, agentId));
  }

  #bring(session: CallSession, to: TransferTo, how: Bringing): Refusal | undefined {
    const goal = goalOf(this.#world, session, to);
    return goal.ok ? this.#talks.bring(session, goal.value, { how }) : goal.error;
  }

  #with(id: CallId, deed: (session: CallSession) => Refusal | undefined): Refusal | undefined {
    return this.#world.inbox.ask(() => {
      const session = this.#world.sessions.get(id);
      return session
        ? deed(session)
        : refusal('CALL_UNKNOWN', `There is no call ${id} in progress.`);
    });
  }
}
