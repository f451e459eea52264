import type { EpochMs } from '../../lib/clock.ts';
import { type Refusal, refusal } from '../../lib/errors.ts';
import { optional } from '../../lib/optional.ts';
import type { AgentId, FlowId, QueueId } from '../../model/ids.ts';
import { PRIORITY_DEFAULT } from '../../model/queue.ts';
import { type CallSession, isWaiting } from '../call-session.ts';
import { takeFromLine } from '../leaving-line.ts';
import type { World } from '../world.ts';
import type { Goal } from './destinations.ts';
import type { Rooms } from './rooms.ts';
import { keeperOf } from './talk.ts';

type Place = Exclude<Goal, { kind: 'person' }>;

/** At a node of the flow; absent: at its beginning. */
export type StartFlow = (session: CallSession, id: FlowId, node?: string) => void;

/** Sends customers, from a conversation or a line, where nobody speaks with them yet: into a queue, or a flow. */
export class Places {
  readonly #world: World;
  readonly #rooms: Rooms;
  readonly #startFlow: StartFlow;

  constructor(world: World, rooms: Rooms, startFlow: StartFlow) {
    this.#world = world;
    this.#rooms = rooms;
    this.#startFlow = startFlow;
  }

  /** The agent lets go, or the line. The refusal says why not; then nothing has changed. */
  send(session: CallSession, place: Place): Refusal | undefined {
    return place.kind === 'queue'
      ? this.#toQueue(session, place.queueId)
      : this.#toFlow(session, place);
  }

  /**
   * As a caller who waits again, `since` then; undefined: since now. No full line keeps them out; where there is no queue
   * (any more) their flow goes on where a full line would have sent them, or a transfer that failed. An agent whom they
   * wait for they go on waiting for.
   */
  requeue(
    session: CallSession,
    queueId: QueueId | undefined,
    since: EpochMs | undefined,
    preferredAgentId?: AgentId,
  ): void {
    const { command, tell, hangup, inbox, live } = this.#world;
    leaveTalk(session);
    tell(session, { type: 'returned' });
    const { priority = PRIORITY_DEFAULT, requiredSkills = {} } = session.demand ?? {};
    const reply =
      queueId &&
      command({
        type: 'call.enqueue',
        callId: session.id,
        queueId,
        priority,
        requiredSkills,
        ...optional('since', since),
        ...optional('callerKey', session.context.ani),
        ...optional('preferredAgentId', preferredAgentId),
        returns: true,
      });
    if (reply?.ok) return;
    // Whom we have rung meets no flow.
    if (session.outgoing) return hangup(session, 'failed');
    session.stage = 'flow';
    live.call(session);
    inbox.post(() => tell(session, { type: 'queueLeft', why: 'unknownQueue' }));
  }

  #toQueue(session: CallSession, queueId: QueueId): Refusal | undefined {
    const { engine, directory } = this.#world;
    // Asked beforehand: a customer whom the queue refuses when the agent has let go is lost.
    const closed = engine.closedLine(queueId);
    if (closed) return refusal(closed.code, closed.detail);
    const waits = isWaiting(session);
    if (waits && session.queueId === queueId)
      return refusal('DESTINATION_SELF', `Call ${session.id} waits in queue ${queueId} already.`);
    // Whoever has not been served yet loses nothing.
    const keepsWait = waits || directory?.queues.get(queueId)?.keepsWait;
    const awaitedId = waits ? engine.call(session.id)?.awaitedId : undefined;
    this.#letGo(session, 'queue', queueId, () => {
      if (session.demand) session.demand = { ...session.demand, requiredSkills: {} };
      this.requeue(session, queueId, keepsWait ? session.firstQueuedAt : undefined, awaitedId);
    });
    return undefined;
  }

  #toFlow(session: CallSession, { flowId, node }: Extract<Place, { kind: 'flow' }>): undefined {
    this.#letGo(session, 'flow', flowId, () => {
      leaveTalk(session);
      session.stage = 'flow';
      this.#startFlow(session, flowId, node);
      this.#world.live.call(session);
    });
  }

  /** Nobody hangs up before the two are parted: the customer would go with the agent. */
  #letGo(session: CallSession, to: Place['kind'], target: string, goOn: () => void): void {
    const agentId = keeperOf(session)?.agentId;
    session.brought += 1;
    const parted = takeFromLine(this.#world, session)
      ? undefined
      : session.talk?.parties.arrange({});
    const hangUp = this.#rooms.release(session);
    const facts = { ...optional('agentId', agentId), target, to, how: 'blind' };
    this.#world.history.stage(session, 'call.transferred', facts);
    goOn();
    void parted?.then(hangUp);
  }
}

/** What the engine and the flow know the call by is the call itself again. */
function leaveTalk(session: CallSession): void {
  session.talk = undefined;
  session.engineId = session.id;
}
