import { optional } from '../../lib/optional.ts';
import type { AgentId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import type { World } from '../world.ts';
import type { Places } from './places.ts';
import type { Rooms } from './rooms.ts';
import type { Summons } from './summons.ts';
import { broughtBy, hasComeBack, isOfHouse, type Person, type Second } from './talk.ts';

/** Gives the customer to somebody else, or back to where they stood. */
export class HandOvers {
  readonly #world: World;
  readonly #rooms: Rooms;
  readonly #places: Places;
  readonly #summons: Summons;

  constructor(world: World, rooms: Rooms, places: Places, summons: Summons) {
    this.#world = world;
    this.#rooms = rooms;
    this.#places = places;
    this.#summons = summons;
  }

  /** The second has the customer now, and whoever had them leaves, if they have not yet. */
  to(session: CallSession, second: Second): void {
    if (!session.leg) return this.overWithoutCaller(session);
    const { how, person, takesOver } = second;
    const { history, live } = this.#world;
    const isFirst = session.connectedAt === undefined;
    const talk = this.#rooms.talkOf(session);
    const hangUp = this.#rooms.release(session);
    talk.second = takesOver?.stays;
    talk.held = false;
    if (second.offerId && person.kind === 'agent')
      this.#seat(session, second, second.offerId, person.agentId);
    else if (second.leg) this.#seatOutside(session, second, second.leg);
    const course = { to: person.kind, how: how === 'blind' ? how : 'attended' };
    const became = hasComeBack(second) ? 'call.cameBack' : 'call.transferred';
    // Whoever was taken over has passed nobody on.
    if (!takesOver) history.stage(session, became, { ...broughtBy(second), ...course });
    live.call(session);
    // Nobody hangs up before the two hear each other: the bridge might go with them.
    void this.#rooms.arrange(session).then(() => {
      hangUp();
      if (isFirst) this.#begins(session);
    });
  }

  /** Taken from a line: no agent has spoken with the customer before. */
  #begins(session: CallSession): void {
    const { inbox, recorder } = this.#world;
    inbox.post(() => {
      if (session.stage === 'talking' && session.offer) recorder.connected(session);
    });
  }

  #seat(session: CallSession, second: Second, offerId: SeatedOffer, agentId: AgentId): void {
    const { leg, engineId } = second;
    session.offer = { offerId, agentId, bridged: true, ...optional('leg', leg) };
    session.engineId = engineId ?? session.id;
    session.agentId = agentId;
    session.connectedAt ??= this.#world.clock.now();
    const { talk } = session;
    if (talk?.second) talk.second.by = { agentId, name: agentId };
    this.#summons.settle(offerId, session);
  }

  #seatOutside(session: CallSession, { name, person, dialling }: Second, leg: SeatedLeg): void {
    const talk = this.#rooms.talkOf(session);
    const { agentId } = person;
    const ofHouse = isOfHouse(agentId, person.kind === 'other' ? person.to : undefined);
    talk.outside = { leg, name, ofHouse, ...optional('agentId', agentId) };
    if (talk.second) talk.second.by = talk.outside;
    this.#rooms.own(leg, session);
    session.transfer = dialling;
    session.transferred(name, this.#world.clock.now());
  }

  /** The second does not have them after all, and nobody else has. */
  backFrom(session: CallSession, second: Second): void {
    // Whoever let it go has been rung in vain.
    this.back(session, hasComeBack(second) ? undefined : second.by.agentId);
  }

  /** To whoever let the call go, if they are free; else to the queue, or the flow, where it stood. */
  back(session: CallSession, by: AgentId | undefined): void {
    const agent = by && this.#world.directory?.agents.get(by);
    if (agent) {
      const { id: agentId, extension: name } = agent;
      const person: Person = { kind: 'agent', agentId, extension: name };
      const asked = { person, name, by: { agentId, name }, how: 'blind' } as const;
      if (!this.#summons.ring(session, asked)) return;
    }
    const queueId = session.talk?.byFlow ? undefined : session.queueId;
    this.#places.requeue(session, queueId, session.firstQueuedAt);
  }

  /** The customer has been gone for a while, and now one of the two who went on. */
  overWithoutCaller(session: CallSession): void {
    this.#rooms.release(session)();
    this.#world.finish(session, 'answered', 'caller');
  }
}

type SeatedOffer = NonNullable<Second['offerId']>;
type SeatedLeg = NonNullable<Second['leg']>;
