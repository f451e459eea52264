import type { EpochMs } from '../lib/clock.ts';
import type { AgentState, AgentStateRecord } from '../model/agent.ts';
import type { CallEvent, CallOutcome, Cdr } from '../model/call.ts';
import { type AgentId, type CallId, callId, rootOf } from '../model/ids.ts';
import type { CallSession } from './call-session.ts';
import { type CallNote, type End, type LostCall, lostCall } from './lost-calls.ts';
import type { CallCenterOptions } from './options.ts';
import type { KeptPromise } from './promises.ts';

const CALL_NOTE = 'call:';
/** When the process last had calls, as far as the journal knows. */
const ALIVE = 'alive';

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
      ...('callId' in to ? { callId: rootOf(to.callId) } : {}),
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
      seq: session.lastSeq,
      isTransferred: session.isTransferred,
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

  /** From time to time while there are calls: when they ended is known so well if we die. */
  alive(): void {
    this.#options.journal.keep(ALIVE, this.#options.clock.now());
  }

  /** When the last process was last known to live, if it had calls then. */
  aliveAt(notes: ReadonlyMap<string, unknown>): EpochMs {
    return Number(notes.get(ALIVE) ?? 0);
  }

  /**
   * Calls that were in progress when the last process died: their records and the ends of their histories are written.
   * @param endsOf What the engine said of a call when it heard of it.
   */
  closeLost(
    notes: ReadonlyMap<string, unknown>,
    at: EpochMs,
    endsOf: (id: CallId) => readonly End[],
  ): readonly LostCall[] {
    const { records, journal } = this.#options;
    return [...notes].flatMap(([key, note]) => {
      if (!key.startsWith(CALL_NOTE)) return [];
      const id = callId(key.slice(CALL_NOTE.length));
      const lost = lostCall(id, note as CallNote, at, endsOf(id));
      for (const event of lost.events) records.event(event);
      records.cdr(lost.cdr);
      journal.drop(key);
      return [lost];
    });
  }
}
