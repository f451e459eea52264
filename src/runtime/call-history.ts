import type { AgentState, AgentStateRecord } from '../model/agent.ts';
import type { CallEvent, CallOutcome, Cdr, LegIdentity } from '../model/call.ts';
import type { AgentId, CallId } from '../model/ids.ts';
import type { CallSession } from './call-session.ts';
import type { CallCenterOptions } from './options.ts';
import type { KeptPromise } from './promises.ts';

/** What the journal keeps of a call in progress: its record if it ended now, and its legs for whoever takes it over. */
interface CallNote {
  readonly cdr: Cdr;
  readonly legs: readonly LegIdentity[];
}

const CALL_NOTE = 'call:';

/** Writes down what happens to calls: events as they come, a note in the journal at each stage, a CDR at the end. */
export class CallHistory {
  readonly #options: CallCenterOptions;
  readonly #afterwards: (work: () => void) => void;
  #agentSeq = 0;

  /** `afterwards` does things in order, soon: what is written down here is of the moment, the writing waits. */
  constructor(options: CallCenterOptions, afterwards: (work: () => void) => void) {
    this.#options = options;
    this.#afterwards = afterwards;
  }

  record(session: CallSession, type: string, data: Readonly<Record<string, unknown>>): void {
    this.#record(session.event(this.#options.clock.now(), type, data));
  }

  /** A step of a promise, of which no call is in progress. */
  promise(promise: KeptPromise, type: string, data: Readonly<Record<string, unknown>>): void {
    promise.history.seq += 1;
    const callId = promise.id as string as CallId;
    const { seq } = promise.history;
    this.#record({ callId, seq, at: this.#options.clock.now(), type, data });
  }

  #record(event: CallEvent): void {
    const { records, log } = this.#options;
    this.#afterwards(() => {
      records.event(event);
      log.info({ callId: event.callId, event: event.type }, 'Call event');
    });
  }

  /** Records what an agent went over to. */
  agent(agentId: AgentId, to: AgentState): void {
    const { clock, records } = this.#options;
    const record: AgentStateRecord = {
      agentId,
      at: clock.now(),
      seq: ++this.#agentSeq,
      kind: to.kind,
      ...('reason' in to ? { reason: to.reason } : {}),
      ...('callId' in to ? { callId: to.callId } : {}),
    };
    this.#afterwards(() => records.agentState(record));
  }

  /** Records a stage that a new process would have to know of. */
  stage(session: CallSession, type: string, data: Readonly<Record<string, unknown>>): void {
    this.record(session, type, data);
    this.#afterwards(() => this.#note(session));
  }

  #note(session: CallSession): void {
    const { clock, journal } = this.#options;
    const note: CallNote = {
      cdr: session.cdr(clock.now(), 'lost', 'system'),
      legs: [session.leg, session.offer?.leg].flatMap((leg) => (leg ? [leg.identity] : [])),
    };
    journal.keep(`${CALL_NOTE}${session.id}`, note);
  }

  close(session: CallSession, outcome: CallOutcome, endedBy: Cdr['endedBy']): void {
    const { clock, records, journal } = this.#options;
    this.record(session, 'call.finished', { outcome, endedBy });
    const cdr = session.cdr(clock.now(), outcome, endedBy);
    this.#afterwards(() => {
      records.cdr(cdr);
      journal.drop(`${CALL_NOTE}${session.id}`);
    });
  }

  /** Calls that were in progress when the last process died: their records are written as they were last known. */
  closeLost(notes: ReadonlyMap<string, unknown>): number {
    const lost = [...notes].filter(([key]) => key.startsWith(CALL_NOTE));
    for (const [key, note] of lost) {
      this.#options.records.cdr((note as CallNote).cdr);
      this.#options.journal.drop(key);
    }
    return lost.length;
  }
}
