import { optional } from '../lib/optional.ts';
import type { CallContext } from '../model/call.ts';
import type { CallbackId, CallId } from '../model/ids.ts';
import type { CallSession } from './call-session.ts';
import type { CommandLog } from './options.ts';

/** What is known of a promise besides what the engine knows: in whose name it was made. */
export interface KeptPromise {
  readonly id: CallbackId;
  context: CallContext;
  /** The call in which it was asked for; absent: an operator made it. */
  readonly originalCallId?: CallId;
  /** How many entries its history has. */
  readonly history: { seq: number };
}

const NOTE = 'promise:';

/**
 * The promises that the engine has tickets for, with the context that the agent is told. They are kept in the journal
 * with the calls' notes, because they outlive the process as the tickets do (rule K9).
 */
export class Promises {
  readonly #journal: CommandLog;
  readonly #kept = new Map<CallbackId, KeptPromise>();

  constructor(journal: CommandLog) {
    this.#journal = journal;
  }

  get(id: CallbackId | CallId): KeptPromise | undefined {
    return this.#kept.get(id as CallbackId);
  }

  /** Before the engine hears of it, so that what comes of it finds it. */
  make(id: CallbackId, call: CallSession, number: string): void {
    const { id: originalCallId, context, outgoing } = call;
    this.keep({
      id,
      context: { ...context, ani: number },
      ...optional('originalCallId', outgoing?.originalCallId ?? originalCallId),
      history: { seq: 0 },
    });
  }

  keep(promise: KeptPromise): void {
    this.#kept.set(promise.id, promise);
    this.note(promise);
  }

  /** As it is now: a history that goes on after a crash should not begin anew. */
  note(promise: KeptPromise): void {
    this.#journal.keep(`${NOTE}${promise.id}`, promise);
  }

  forget(id: CallbackId): void {
    this.#kept.delete(id);
    this.#journal.drop(`${NOTE}${id}`);
  }

  /** After a restart; those of which the engine knows nothing any more are dropped. */
  restore(notes: ReadonlyMap<string, unknown>, isOpen: (id: CallbackId) => boolean): void {
    for (const [key, note] of notes) {
      if (!key.startsWith(NOTE)) continue;
      const promise = note as KeptPromise;
      if (isOpen(promise.id)) this.#kept.set(promise.id, promise);
      else this.#journal.drop(key);
    }
  }
}
