import type { Change } from '../../acd/changes.ts';
import { identify } from '../../callers/callers.ts';
import { iso } from '../../lib/clock.ts';
import { optional } from '../../lib/optional.ts';
import type { CallContext } from '../../model/call.ts';
import { LANGUAGES } from '../../model/contact.ts';
import type { CallbackId, CallId } from '../../model/ids.ts';
import { QUEUE_DEFAULTS } from '../../model/queue.ts';
import type { CallSession, SessionOffer } from '../call-session.ts';
import type { AgentLeg } from '../ports/index.ts';
import { type KeptPromise, Promises } from '../promises.ts';
import type { World } from '../world.ts';
import { CallbackAttempts } from './callback-attempts.ts';
import { ringForPromise } from './callback-ring.ts';

type Of<Type extends Change['type']> = Extract<Change, { type: Type }>;

/**
 * Carries out the engine's call backs (rules K1 to K9). The engine chooses the agent and says when; who is rung first
 * is the queue's choice:
 *
 *   agent first:    agent rings ──accepts──▶ customer is dialled ──answers──▶ both are joined
 *   customer first: agent is taken ──────▶ customer is dialled ──answers──▶ agent rings ──▶ both are joined
 *
 * Where the customer is asked for a key, `answers` means that it was pressed. An attempt that fails frees the agent at
 * once; a customer who was reached and whose agent does not come waits in the line as any caller (rule C7). How long
 * an agent is held is the engine's affair (`callbackDialMs`).
 */
export class Callbacks {
  readonly #world: World;
  readonly #promises: Promises;
  /** What phones do while a promise is kept. */
  readonly attempts: CallbackAttempts;

  /** `join`: the customer has been reached, and the agent's leg is there. */
  constructor(
    world: World,
    join: (session: CallSession, offer: SessionOffer, leg: AgentLeg) => void,
  ) {
    this.#world = world;
    this.#promises = new Promises(world.journal);
    this.attempts = new CallbackAttempts(world, join);
  }

  /** A call asks for the promise: to be told before the engine is. `number` is the one to ring. */
  promise(id: CallbackId, session: CallSession, number: string): void {
    this.#promises.make(id, session, number);
    session.callbackId = id;
  }

  /** The engine would not have it. */
  refused(id: CallbackId): void {
    this.#promises.forget(id);
  }

  /** After a restart. */
  restore(notes: ReadonlyMap<string, unknown>): void {
    const { engine } = this.#world;
    this.#promises.restore(notes, (id) => engine.callback(id) !== undefined);
    for (const { id, number } of engine.callbacks()) {
      if (!this.#promises.get(id)) this.#promises.keep(stranger(id, number, this.#anyNumber()));
    }
  }

  // ---- What the engine decides -------------------------------------------------------------------------

  made({ callbackId, queueId, notBefore }: Of<'callback.made'>): void {
    const promise = this.#promises.get(callbackId) ?? this.#byOperator(callbackId);
    const { originalCallId } = promise;
    const { dnis } = promise.context;
    const due = { queueId, dnis, notBefore: iso(notBefore) };
    const facts = { ...due, ...optional('originalCallId', originalCallId) };
    this.#world.history.promise(promise, 'callback.made', facts);
  }

  /** Its history goes on after that entry. */
  goOnAfter(callId: CallId, seq: number): void {
    const promise = this.#promises.get(callId);
    if (!promise) return;
    promise.history.seq = seq;
    this.#promises.note(promise);
  }

  /** False: the offer is no call back's. */
  offered({ offerId, callId, agentId, queueId, expiresAt }: Of<'offer.made'>): boolean {
    const { sessions, directory, history } = this.#world;
    const promise = sessions.has(callId) ? undefined : this.#promises.get(callId);
    if (!promise) return false;
    const offer = { offerId, agentId, queueId, expiresAt: iso(expiresAt) };
    history.promise(promise, 'offer.made', offer);
    const agent = directory?.agents.get(agentId);
    if (!agent) this.#later({ type: 'offer.failed', offerId, cause: 'unreachable' });
    else if ((directory?.queues.get(queueId) ?? QUEUE_DEFAULTS).callbackFirst === 'customer') {
      this.#later({ type: 'offer.answered', offerId });
    } else {
      ringForPromise(this.#world, promise, { offerId, agent, queueId, alone: true });
    }
    return true;
  }

  /** What an agent's account was charged with, before there is a call: they accepted the offer of a promise. */
  ledger(callId: CallId, entry: Readonly<Record<string, unknown>>): void {
    const promise = this.#promises.get(callId);
    if (promise) this.#world.history.promise(promise, 'ledger', entry);
  }

  /** An offer of a promise ended without an answer. */
  offerEnded({ type, callId, offerId, agentId, ...why }: Of<'offer.failed' | 'offer.withdrawn'>) {
    const promise = this.#world.sessions.has(callId) ? undefined : this.#promises.get(callId);
    if (promise) this.#world.history.promise(promise, type, { offerId, agentId, ...why });
  }

  dial(change: Of<'callback.dial'>): void {
    const { callbackId } = change;
    const promise = this.#promises.get(callbackId);
    if (promise) this.attempts.begin(promise, change);
    else this.#later({ type: 'callback.failed', callbackId, cause: 'lost' });
  }

  attemptFailed({
    callbackId,
    cause,
    attempt,
    agentId,
    counted,
  }: Of<'callback.attemptFailed'>): void {
    const promise = this.#promises.get(callbackId);
    const facts = { attempt, agentId, cause, counted };
    if (promise) this.#world.history.promise(promise, 'callback.attemptFailed', facts);
    if (this.attempts.over(callbackId) && promise) this.#promises.note(promise);
  }

  /** The customer's own call stands in the line instead, or has gone unanswered (rule K7). */
  pausedOrResumed({
    type,
    callbackId,
    ...facts
  }: Of<'callback.paused' | 'callback.resumed'>): void {
    const promise = this.#promises.get(callbackId);
    if (promise) this.#world.history.promise(promise, type, facts);
  }

  ended({ callbackId, queueId, outcome, attempts, callId }: Of<'callback.ended'>): void {
    const { history, meters } = this.#world;
    const promise = this.#promises.get(callbackId);
    const facts = { outcome, attempts, ...optional('callId', callId) };
    if (promise) history.promise(promise, 'callback.ended', facts);
    this.#promises.forget(callbackId);
    meters?.callbackEnded(queueId, outcome);
  }

  // ---- Small things ----------------------------------------------------------------------------------------

  #later(command: Parameters<World['command']>[0]): void {
    this.#world.inbox.post(() => void this.#world.command(command));
  }

  /** Made without a call: who the number belongs to is looked up, and is known long before anybody rings. */
  #byOperator(id: CallbackId): KeptPromise {
    const { engine, contacts } = this.#world;
    const number = engine.callback(id)?.number ?? '';
    const promise = stranger(id, number, this.#anyNumber());
    this.#promises.keep(promise);
    contacts
      .byNumber(number)
      .then((contact) => {
        promise.context = identify(promise.context, contact);
        if (this.#promises.get(id) === promise) this.#promises.note(promise);
      })
      .catch(() => {});
    return promise;
  }

  #anyNumber(): Pick<CallContext, 'dnis' | 'language'> {
    const { numbers, language } = this.#world.directory ?? {};
    const [number] = numbers?.values() ?? [];
    return { dnis: number?.dnis ?? '', language: language ?? LANGUAGES[0] };
  }
}

const stranger = (
  id: CallbackId,
  ani: string,
  ours: Pick<CallContext, 'dnis' | 'language'>,
): KeptPromise => ({
  id,
  context: { ...ours, ani, status: 'unknown', variables: {} },
  history: { seq: 0 },
});
