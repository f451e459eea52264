import type { Change } from '../../acd/changes.ts';
import { describeCaller } from '../../callers/callers.ts';
import { iso } from '../../lib/clock.ts';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import { isPart, type OfferId, partOf, type QueueId, rootOf } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import { takeFromLine } from '../leaving-line.ts';
import type { CallerLeg, LegFailure } from '../ports/index.ts';
import type { Leg } from '../ports/phones.ts';
import { ringAgent } from '../ring-agent.ts';
import type { World } from '../world.ts';
import { queueFor } from './destinations.ts';
import { pickedUp } from './pick-up.ts';
import type { Rooms } from './rooms.ts';
import { keeperOf, type Person, type Second } from './talk.ts';

/** A colleague's phone rings so long. */
const RING_MS = 25_000;

/** What becomes of whoever is rung. */
export interface SummonsEvents {
  /** They have answered, and been told what it is about. */
  seated(session: CallSession, second: Second): void;
  /** They do not come. */
  failed(session: CallSession, second: Second, cause: string): void;
  /** They have hung up, or their phone has `died`. */
  gone(session: CallSession, second: Second, died: boolean): void;
}

/**
 * Rings whoever is brought into a conversation. An agent's part is a call of its own for the engine (rule H1), which
 * decides whether they can be rung; anybody else is dialled.
 */
export class Summons {
  readonly #world: World;
  readonly #rooms: Rooms;
  readonly #events: SummonsEvents;
  readonly #seconds = new Map<OfferId, CallSession>();

  constructor(world: World, rooms: Rooms, events: SummonsEvents) {
    this.#world = world;
    this.#rooms = rooms;
    this.#events = events;
  }

  /** The engine, or the outside line, decides whether anybody can be rung at all. */
  ring(
    session: CallSession,
    asked: Pick<Second, 'person' | 'name' | 'by' | 'how' | 'notify' | 'leg' | 'takesOver'>,
  ): Refusal | undefined {
    const talk = this.#rooms.talkOf(session);
    session.brought += 1;
    const { directory } = this.#world;
    const { person, name, by, how } = asked;
    const facts = { ...optional('agentId', by.agentId), how, to: person.kind, target: name };
    if (person.kind === 'agent') {
      const engineId = partOf(session.id, session.brought);
      talk.second = { ...asked, engineId };
      const reply = this.#world.command({
        type: 'call.direct',
        callId: engineId,
        queueId: queueFor(session, directory?.agents.get(person.agentId)) ?? ('' as QueueId),
        agentId: person.agentId,
        ringMs: RING_MS,
      });
      if (!reply.ok) {
        talk.second = undefined;
        return refusal(reply.code, reply.detail);
      }
    } else talk.second = this.#dial(session, asked, person);
    this.#fromLine(session);
    // Whoever is there already is seated within this turn.
    if (asked.leg) return undefined;
    this.#world.history.record(session, 'transfer.dialled', facts);
    void this.#rooms.arrange(session);
    return undefined;
  }

  /** Only now: whoever cannot be rung costs nobody their place. A caller who does not wait for them gives up. */
  #fromLine(session: CallSession): void {
    if (!takeFromLine(this.#world, session)) return;
    session.stage = 'talking';
    session.leftAs = 'abandoned';
    this.#world.live.call(session);
  }

  #dial(
    session: CallSession,
    asked: Omit<Second, 'dialling'>,
    { to }: Extract<Person, { kind: 'other' }>,
  ): Second {
    const second: Second = { ...asked };
    const { displayName, headers } = this.#shown(session, second);
    second.dialling = this.#world.outbound.dial(
      'transfer',
      {
        callId: partOf(session.id, session.brought),
        to,
        ringMsMax: RING_MS,
        ...optional('near', session.leg ?? keeperOf(session)?.leg),
        displayName,
        ...optional('callerNumber', session.context.ani),
        calledNumber: session.inbound.dnis,
        headers: to.kind === 'extension' ? headers : {},
      },
      {
        ringing: () => second.notify?.(180),
        answered: (leg) => this.#dialledAnswered(session, second, leg),
        failed: (cause) => this.#events.failed(session, second, cause),
        gone: (died = false) => this.#dialledGone(session, second, died),
        digit: (key) => {
          if (second.asking) second.asking.keyed(key);
          else if (second.leg) this.#world.keyed(second.leg, key);
        },
      },
    );
    return second;
  }

  #dialledAnswered(session: CallSession, second: Second, leg: CallerLeg): void {
    if (session.talk?.second !== second) return second.dialling?.hangup();
    const told = { ...this.#told(session, second), callId: session.id };
    pickedUp(this.#world, { session, second, leg, told }, (answer) => {
      if (answer === 'accepted') this.#dialledThere(session, second, leg);
      else this.#events.failed(session, second, answer);
    });
  }

  #dialledThere(session: CallSession, second: Second, leg: CallerLeg): void {
    second.leg = leg;
    this.#rooms.own(leg, session);
    this.#world.history.stage(session, 'party.answered', {
      target: second.name,
      leg: leg.identity,
    });
    this.#seated(session, second);
  }

  /** Whoever hangs up without a key has taken nothing. */
  #dialledGone(session: CallSession, second: Second, died: boolean): void {
    if (second.asking) this.#events.failed(session, second, 'noAnswer');
    else this.#events.gone(session, second, died);
  }

  /** False: the change is about no such part. */
  directed(change: Change): boolean {
    if (!('callId' in change) || !change.callId || !isPart(change.callId)) return false;
    const session = this.#world.sessions.get(rootOf(change.callId));
    if (!session) return change.type !== 'call.ended';
    switch (change.type) {
      case 'offer.made':
        this.#offered(session, change);
        return true;
      case 'offer.failed':
      case 'offer.withdrawn':
        this.#unanswered(session, change);
        return true;
      case 'call.directed':
      case 'call.connected':
      case 'call.left':
      case 'call.returned':
        return true;
      default:
        return false;
    }
  }

  #offered(session: CallSession, change: Extract<Change, { type: 'offer.made' }>): void {
    const { offerId, agentId, callId: engineId, expiresAt } = change;
    const { directory, history, inbox } = this.#world;
    const second = session.talk?.second;
    const agent = directory?.agents.get(agentId);
    if (!directory || !second || second.engineId !== engineId || !agent) {
      inbox.post(() => void this.#world.command({ type: 'call.abandon', callId: engineId }));
      return;
    }
    second.offerId = offerId;
    this.#seconds.set(offerId, session);
    const { leg } = second;
    if (leg) inbox.post(() => void this.answered(offerId, leg));
    else {
      ringAgent(this.#world, {
        offerId,
        callId: session.id,
        agent,
        headers: this.#byWhom(second),
        ...this.#told(session, second),
      });
    }
    history.record(session, 'offer.made', {
      offerId,
      agentId,
      ...optional('queueId', session.queueId),
      expiresAt: iso(expiresAt),
      how: second.how,
    });
  }

  #unanswered(
    session: CallSession,
    change: Extract<Change, { type: 'offer.failed' | 'offer.withdrawn' }>,
  ): void {
    const { offerId, agentId } = change;
    this.#world.telephony.cancelRing(offerId);
    this.#seconds.delete(offerId);
    const failed = change.type === 'offer.failed';
    const cause = failed ? change.cause : change.why;
    const reason = failed ? { cause } : { why: cause };
    this.#world.history.record(session, change.type, { offerId, agentId, ...reason });
    const second = session.talk?.second;
    if (second?.offerId !== offerId) return;
    this.#world.inbox.post(() => this.#events.failed(session, second, cause));
  }

  /** A phone that was rung for a conversation has been picked up. False: the offer is no such. */
  answered(offerId: OfferId, leg: Leg): boolean {
    const session = this.#seconds.get(offerId);
    if (!session) return false;
    const second = session.talk?.second;
    const wanted = second?.offerId === offerId;
    if (!wanted || !this.#world.command({ type: 'offer.answered', offerId }).ok) {
      if (wanted) delete second.leg;
      leg.hangup();
      return true;
    }
    second.leg = leg;
    this.#rooms.own(leg, session);
    const { person } = second;
    const agentId = person.kind === 'agent' ? person.agentId : undefined;
    this.#world.history.stage(session, 'agent.answered', {
      ...optional('agentId', agentId),
      offerId,
      how: second.how,
      leg: leg.identity,
    });
    const told = 'agentId' in leg ? this.#world.whisper(offerId, leg) : undefined;
    if (told === undefined) this.#seated(session, second);
    else void told.then(() => this.#world.inbox.post(() => this.#seated(session, second)));
    return true;
  }

  failed(offerId: OfferId, failure: LegFailure): boolean {
    if (!this.#seconds.has(offerId)) return false;
    const cause = failure === 'media' || failure === 'cancelled' ? 'unreachable' : failure;
    this.#world.command({ type: 'offer.failed', offerId, cause });
    return true;
  }

  /** The second's phone has hung up. False: it is no second's. */
  secondGone(offerId: OfferId): boolean {
    const session = this.#seconds.get(offerId);
    if (!session) return false;
    const second = session.talk?.second;
    if (second?.offerId === offerId) this.#events.gone(session, second, false);
    return true;
  }

  /** While they were told what it is about they may have gone, or the customer. */
  #seated(session: CallSession, second: Second): void {
    if (session.talk?.second === second) this.#events.seated(session, second);
  }

  /** The agent has the customer from now on: the offer that rang them is the conversation's. */
  settle(offerId: OfferId, session: CallSession): void {
    this.#seconds.delete(offerId);
    this.#world.offers.set(offerId, session);
  }

  /** Nobody wants them any more, whether they ring or speak. */
  dismiss(second: Second): void {
    const { engineId: id, offerId, dialling, leg, asking } = second;
    asking?.stop();
    delete second.asking;
    if (offerId) this.#seconds.delete(offerId);
    dialling?.hangup();
    if (id) this.#world.command({ type: leg ? 'call.ended' : 'call.abandon', callId: id });
    if (offerId) this.#world.telephony.cancelRing(offerId);
    leg?.hangup();
  }

  /** What they are told in their ear. */
  #told({ context, queueId, firstQueuedAt, arrivedAt }: CallSession, { how, by }: Second) {
    const { directory, clock } = this.#world;
    return {
      kind: how === 'blind' ? ('transfer' as const) : ('consultation' as const),
      context,
      waitMs: clock.now() - (firstQueuedAt ?? arrivedAt),
      // Nobody's name is a number.
      ...optional('from', by.agentId && directory?.agents.get(by.agentId)?.name),
      ...optional('queueId', queueId),
    };
  }

  /** Who is calling and why, and which colleague asks. */
  #shown(session: CallSession, second: Second) {
    const { directory, clock } = this.#world;
    const queueName = session.queueId ? directory?.queues.get(session.queueId)?.name : undefined;
    const since = session.firstQueuedAt ?? session.arrivedAt;
    const pop = describeCaller(session.context, queueName ?? '', clock.now() - since);
    const headers = { ...pop.headers, 'X-Centralita-Call': session.id, ...this.#byWhom(second) };
    return { displayName: pop.displayName, headers };
  }

  #byWhom({ by, how }: Second): Readonly<Record<string, string>> {
    const header = how === 'blind' ? 'X-Centralita-Transferred-By' : 'X-Centralita-Consulted-By';
    const agent = by.agentId && this.#world.directory?.agents.get(by.agentId);
    return { [header]: agent?.extension ?? by.name };
  }
}
