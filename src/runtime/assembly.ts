import type { Command, Reply } from '../acd/commands.ts';
import type { Applied } from '../acd/engine.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { AgentId, CallId, OfferId } from '../model/ids.ts';
import { Arrivals } from './arrivals.ts';
import { CallHistory } from './call-history.ts';
import type { CallSession } from './call-session.ts';
import { Conversations } from './conversations.ts';
import { Deeds } from './deeds.ts';
import { Desks } from './desk/desks.ts';
import { Dispositions } from './desk/dispositions.ts';
import { Endings } from './endings.ts';
import { FlowMemory } from './flow/memory.ts';
import { FrontDoor } from './front-door.ts';
import { Inbox } from './inbox.ts';
import { Live } from './live.ts';
import type { CallCenterOptions } from './options.ts';
import { Outbound } from './outbound/outbound.ts';
import { OutsidePhones } from './outbound/outside-phones.ts';
import { Reach } from './reach.ts';
import { Reception } from './reception.ts';
import { ConversationRecorder } from './recording/recorder.ts';
import { Duty } from './supervision/duty.ts';
import { Supervision } from './supervision/supervision.ts';
import { TakeOver } from './supervision/take-over.ts';
import { DeskPhones } from './talk/desk-phones.ts';
import { Parking } from './talk/parking.ts';
import { Talks } from './talk/talks.ts';
import { Ticker } from './ticker.ts';
import type { World } from './world.ts';

/** The parts of the shell, and what they share. */
export interface Assembly {
  readonly world: World;
  readonly frontDoor: FrontDoor;
  readonly reception: Reception;
  readonly arrivals: Arrivals;
  readonly conversations: Conversations;
  readonly talks: Talks;
  readonly parking: Parking;
  readonly phones: DeskPhones;
  readonly supervision: Supervision;
  readonly duty: Duty;
  readonly recorder: ConversationRecorder;
  readonly endings: Endings;
  readonly ticker: Ticker;
}

/**
 * Makes the parts of the shell and tells each of the others. They know one another by {@link World} alone, whose
 * deeds are asked for only when something happens: by then all are there.
 */
export function assemble(options: CallCenterOptions): Assembly {
  const { clock, engine, journal } = options;
  const sessions = new Map<CallId, CallSession>();
  const inbox = new Inbox((error) => options.onBroken(error));
  const outbound = new Outbound({ ...options, inbox });
  const history = new CallHistory(options, (work) => inbox.afterwards(work));
  const directory = () => world.directory;
  /** The journal first, then the engine, then the deeds. */
  const enact = (said: Command, at: EpochMs): Applied => {
    const told = duty.instead(said);
    journal.append(at, told);
    const applied = engine.apply(at, told);
    for (const change of applied.changes) deeds.carryOut(change);
    world.live.changes(applied.changes);
    ticker.aim(engine.nextDeadline());
    return applied;
  };
  const command = (said: Command): Reply => enact(said, clock.now()).reply;
  const duty = new Duty({ engine, command: (said) => command(said) });
  const desks: Desks = new Desks({
    ...options,
    directory,
    /** They sit elsewhere now, or somebody at their phone. */
    changed(agent) {
      world.reach.phone(agent.id, desks.hasPhone(agent));
      world.live.agent(agent.id);
    },
  });
  const world: World = {
    ...options,
    sessions,
    flowMemory: new FlowMemory(),
    offers: new Map(),
    inbox,
    live: new Live({ ...options, sessions, directory, phoneOf: (id) => desks.borrowedBy(id) }),
    history,
    get recorder() {
      return recorder;
    },
    outbound,
    desks,
    dispositions: new Dispositions({ history, directory }),
    reach: new Reach({
      ...options,
      outbound,
      hasPhone: (agent) => desks.hasPhone(agent),
      stateOf: (id) => engine.agent(id)?.state.kind,
      tell: (agentId, reachable) => inbox.post(() => tellReachable(world, agentId, reachable)),
    }),
    telephony: new OutsidePhones({
      telephony: options.telephony,
      outbound,
      events: {
        agentAnswered: (offerId, leg) => arrivals.answered(offerId, leg),
        agentFailed: (offerId, failure) => arrivals.failed(offerId, failure),
        agentGone: (offerId, died) => arrivals.gone(offerId, died),
        agentKeyed: (offerId, key) => keyedOutside(offerId, key),
        ringCancelled: (offerId) => arrivals.forget(offerId),
      },
      tried: (agentId, result) => world.reach.tried(agentId, result),
      directory,
      callerOf(id) {
        const session = sessions.get(id);
        return session?.leg ?? session?.coming;
      },
    }),
    directory: undefined,
    command,
    enact,
    finish: (session, outcome, endedBy) => endings.finish(session, outcome, endedBy),
    tell: (session, event) => reception.tell(session.id, event),
    backInQueue: (session) => deeds.backInQueue(session),
    expect: (coming) => arrivals.expect(coming),
    whisper: (offerId, leg) => arrivals.whisper(offerId, leg),
    callerGone: (session) => endings.callerGone(session, 'hungup'),
    hangup: (session, outcome) => endings.hangup(session, outcome),
    agentGone: (offerId, died) => conversations.gone(offerId, died),
    keyed: (leg, key) => phones.keyed(leg, key),
  };
  const keyedOutside = (offerId: OfferId, key: string): void => {
    if (arrivals.keyed(offerId, key)) return;
    const leg = world.offers.get(offerId)?.offer?.leg;
    if (leg) phones.keyed(leg, key);
  };
  const recorder = new ConversationRecorder(world);
  const talks = new Talks(world, (session, flowId, node) =>
    reception.goInto(session, flowId, node),
  );
  const parking = new Parking(world, talks);
  const phones = new DeskPhones(world, talks, parking);
  const supervision = new Supervision(world, talks, new TakeOver(world, talks, phones), duty);
  const conversations = new Conversations(world, talks);
  const { callbacks } = conversations;
  const arrivals = new Arrivals(world, conversations);
  const reception = new Reception(world, callbacks, talks);
  const deeds = new Deeds(world, callbacks, talks, (session, event) =>
    reception.tell(session.id, event),
  );
  const endings = new Endings(world, { reception, conversations, talks, recorder, supervision });
  const frontDoor = new FrontDoor(world, phones);
  const ticker = new Ticker(clock, () => inbox.post(() => void command({ type: 'tick' })));
  return {
    ...{ world, frontDoor, reception, arrivals, conversations, talks, parking, phones },
    ...{ supervision, duty, recorder, endings, ticker },
  };
}

function tellReachable(world: World, agentId: AgentId, reachable: boolean): void {
  const { engine, command, live } = world;
  if (engine.agent(agentId)?.reachable === reachable) return;
  command({ type: 'agent.reachable', agentId, reachable });
  live.reachability(agentId);
}
