import { within } from '../lib/within.ts';
import type { CallOutcome, Cdr } from '../model/call.ts';
import type { CallSession } from './call-session.ts';
import type { Conversations } from './conversations.ts';
import { CUT_OFF } from './leaving-line.ts';
import type { CallerEnd } from './ports/index.ts';
import type { Reception } from './reception.ts';
import type { ConversationRecorder } from './recording/recorder.ts';
import type { Supervision } from './supervision/supervision.ts';
import type { Talks } from './talk/talks.ts';
import type { World } from './world.ts';

/** A media server closes a recording at once when the caller has gone; a dead one never does. */
const FILE_CLOSED_MS_MAX = 2_000;

/** Who has something to put away when a call is over. */
interface Concerned {
  readonly reception: Reception;
  readonly conversations: Conversations;
  readonly talks: Talks;
  readonly recorder: ConversationRecorder;
  readonly supervision: Supervision;
}

/** The one end of every call, whoever ends it. */
export class Endings {
  readonly #world: World;
  readonly #concerned: Concerned;

  constructor(world: World, concerned: Concerned) {
    this.#world = world;
    this.#concerned = concerned;
  }

  /** The caller's leg is over. */
  callerGone(session: CallSession, why: CallerEnd): void {
    const { talks, conversations } = this.#concerned;
    if (talks.departures.ofCustomer(session)) return;
    conversations.leaveEngine(session, why === 'media' ? CUT_OFF : {});
    const finish = (): void =>
      why === 'media'
        ? this.finish(session, 'failed', 'system')
        : this.finish(session, session.leftAs ?? 'leftInFlow', 'caller');
    if (session.saying === undefined) finish();
    else this.#whenSaid(session, session.saying, finish);
  }

  /** Hangs the caller up. */
  hangup(session: CallSession, outcome: CallOutcome, by: Cdr['endedBy'] = 'system'): void {
    session.leg?.hangup();
    this.finish(session, outcome, by);
  }

  /** The first reason given counts. */
  finish(session: CallSession, outcome: CallOutcome, endedBy: Cdr['endedBy']): void {
    if (session.stage === 'ended') return;
    const { sessions, offers, telephony, history, live } = this.#world;
    const { reception, talks, recorder, supervision } = this.#concerned;
    session.stage = 'ended';
    reception.dismiss(session.id);
    reception.finished(session);
    recorder.over(session);
    supervision.finished(session);
    session.transfer?.hangup();
    talks.finished(session);
    sessions.delete(session.id);
    for (const { offerId } of [
      ...session.rings.values(),
      ...(session.offer ? [session.offer] : []),
    ]) {
      offers.delete(offerId);
      telephony.cancelRing(offerId);
    }
    // Whoever picked a parked call up has a leg that no offer rang.
    session.offer?.leg?.hangup();
    // Whoever ended the conversation did, whatever the flow did afterwards.
    history.close(session, outcomeOf(session, outcome), session.agentLeft ? 'agent' : endedBy);
    live.call(session);
  }

  /** Whoever hangs up in the midst of a message has left it: what becomes of the call is known when its file is closed. */
  #whenSaid(session: CallSession, saying: Promise<void>, finish: () => void): void {
    const { clock, inbox } = this.#world;
    this.#concerned.reception.dismiss(session.id);
    void within(clock, FILE_CLOSED_MS_MAX, saying).then(() => inbox.post(finish));
  }
}

/**
 * Whatever is said of the end, a caller who spoke with somebody was answered, and one whom the flow sent away
 * because the queue had no room or no time for them was lost to the queue.
 */
function outcomeOf(session: CallSession, said: CallOutcome): CallOutcome {
  const { connectedAt, leftAs, wasTransferred, leftMessage } = session;
  if (connectedAt !== undefined) return 'answered';
  if (wasTransferred) return 'transferred';
  if (leftMessage) return 'voicemail';
  return said === 'flowEnded' ? (leftAs ?? said) : said;
}
