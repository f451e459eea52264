import type { Change } from '../../acd/changes.ts';
import type { Timer } from '../../lib/clock.ts';
import { optional } from '../../lib/optional.ts';
import type { DialFailure } from '../../model/callback.ts';
import type { AgentId, CallbackId, OfferId, QueueId } from '../../model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../model/queue.ts';
import { CallSession, type SessionOffer } from '../call-session.ts';
import type { AgentLeg, CallbackPhrase, CallerLeg, Dialling, LegFailure } from '../ports/index.ts';
import type { KeptPromise } from '../promises.ts';
import { RINGING_TONE } from '../ringing-tone.ts';
import type { World } from '../world.ts';
import { ringForPromise } from './callback-ring.ts';

/** One attempt to reach a customer, from the agent's acceptance to the conversation. */
interface Attempt {
  readonly session: CallSession;
  readonly offer: SessionOffer;
  readonly queue: Pick<
    QueueConfig,
    'callbackFirst' | 'callbackConfirm' | 'ringTimeoutMs' | 'music'
  >;
  dialling?: Dialling;
  /** The customer has to press a key by then, or the agent's phone to be answered. */
  limit?: Timer;
  /** The customer's phone has rung: whatever comes of it, it was an attempt. */
  rang?: true;
  /** The customer has been reached, and the agent's phone rings. */
  ringsAgent?: boolean;
  /** The customer is asked for the key that no machine presses. */
  asksKey?: boolean;
}

/** What whoever answers a call back has to press; and for how long after the question they may. */
const ACCEPT_KEY = '1';
const ACCEPT_MS_MAX = 15_000;

/** What phones do in the attempts to reach customers who were promised a call (see {@link Callbacks}). */
export class CallbackAttempts {
  readonly #world: World;
  readonly #attempts = new Map<CallbackId, Attempt>();
  readonly #join: (session: CallSession, offer: SessionOffer, leg: AgentLeg) => void;

  /** `join`: the customer has been reached, and the agent's leg is there. */
  constructor(
    world: World,
    join: (session: CallSession, offer: SessionOffer, leg: AgentLeg) => void,
  ) {
    this.#world = world;
    this.#join = join;
  }

  /** The agent has accepted, or is kept for it. */
  begin(
    promise: KeptPromise,
    {
      callbackId,
      queueId,
      agentId,
      offerId,
      attempt,
      callerKey,
    }: Extract<Change, { type: 'callback.dial' }>,
  ): void {
    const { clock, sessions, offers, live, history, directory } = this.#world;
    const { context, originalCallId } = promise;
    const inbound = {
      callId: callbackId as string as CallSession['id'],
      sipCallId: '',
      dnis: context.dnis,
      ani: callerKey,
    };
    const outgoing = {
      callbackId,
      attempt,
      history: promise.history,
      ...optional('originalCallId', originalCallId),
    };
    const session = new CallSession(inbound, { ...context, ani: callerKey }, clock.now(), outgoing);
    session.queueId = queueId;
    session.agentId = agentId;
    session.offer = { offerId, agentId };
    sessions.set(session.id, session);
    offers.set(offerId, session);
    const found = {
      session,
      offer: session.offer,
      queue: directory?.queues.get(queueId) ?? QUEUE_DEFAULTS,
    };
    this.#attempts.set(callbackId, found);
    history.stage(session, 'callback.dial', { attempt, agentId, queueId, offerId });
    live.call(session);
    // Otherwise when the agent's leg is there, which comes next: the customer's has to be where that is.
    if (found.queue.callbackFirst === 'customer') this.#dial(found);
  }

  /** The engine has given the attempt up. False: none had begun. */
  over(id: CallbackId): boolean {
    const found = this.#attempts.get(id);
    if (!found) return false;
    this.#forget(found);
    found.dialling?.hangup();
    this.#world.finish(found.session, 'notReached', 'system');
    return true;
  }

  // ---- What phones do ------------------------------------------------------------------------------------

  /** The agent accepted, and the customer is being dialled: they hear whom, and that it rings. */
  agentAccepted(session: CallSession, leg: AgentLeg): void {
    const attempt = session.callbackId && this.#attempts.get(session.callbackId);
    if (!attempt) return leg.hangup();
    attempt.offer.leg = leg;
    this.#dial(attempt);
    this.#world.history.stage(session, 'agent.answered', {
      agentId: leg.agentId,
      leg: leg.identity,
    });
    leg.playEndlessly(RINGING_TONE);
    this.#say(session, leg, 'agent', session.context.name);
  }

  /** The agent whose customer waits already has answered, or could not be had. False: no such offer. */
  agentJoins(offerId: OfferId, leg: AgentLeg): boolean {
    const attempt = this.#waitingFor(offerId);
    if (!attempt) return false;
    this.#forget(attempt);
    attempt.offer.leg = leg;
    attempt.session.connectedAt = this.#world.clock.now();
    this.#join(attempt.session, attempt.offer, leg);
    return true;
  }

  /** Outside the house, a machine picks up as well: they have the time of the question. False: no such offer. */
  agentAsked(offerId: OfferId, askMs: number): boolean {
    const attempt = this.#waitingFor(offerId);
    if (attempt) this.#limitAgent(attempt, askMs);
    return attempt !== undefined;
  }

  agentFailed(offerId: OfferId, failure: LegFailure): boolean {
    const attempt = this.#waitingFor(offerId);
    if (!attempt) return false;
    this.#forget(attempt);
    this.#world.history.record(attempt.session, 'agent.failed', { offerId, failure });
    const { id: callId } = attempt.session;
    this.#world.command({ type: 'call.returned', callId, cause: 'agentLost' });
    return true;
  }

  /** The agent hung up before anybody spoke with them. False: it is not about an attempt. */
  agentGone(session: CallSession): boolean {
    return this.#abandon(session, 'agentLost');
  }

  /**
   * The customer, an operator or the end of the house ends the attempt. False: there is none. Who was reached and not
   * yet connected has talked to nobody: the agent is free at once, and the engine has a caller who leaves.
   */
  stopped(session: CallSession): boolean {
    return this.#abandon(session, 'lost');
  }

  #abandon(session: CallSession, cause: DialFailure): boolean {
    const attempt = session.callbackId && this.#attempts.get(session.callbackId);
    if (!attempt || attempt.session !== session) return false;
    const { command } = this.#world;
    if (attempt.ringsAgent) {
      this.#forget(attempt);
      const callId = session.id;
      command({ type: 'call.returned', callId, cause: 'media' });
      if (cause !== 'agentLost') command({ type: 'call.abandon', callId });
    } else
      command({
        type: 'callback.failed',
        callbackId: attempt.session.callbackId as CallbackId,
        cause,
      });
    return true;
  }

  // ---- The customer's phone --------------------------------------------------------------------------------

  #dial(attempt: Attempt): void {
    const { session } = attempt;
    const { outbound, history } = this.#world;
    attempt.dialling = outbound.dial(
      'callback',
      {
        callId: session.id,
        to: { kind: 'number', number: session.inbound.ani ?? '' },
        calledNumber: session.inbound.dnis,
        // The engine's own limit comes first, as a rule: this one is for when the engine has none.
        ringMsMax: 300_000,
        ...optional('near', attempt.offer.leg),
      },
      {
        ringing: () => {
          attempt.rang = true;
          history.record(session, 'callback.ringing', {});
        },
        answered: (leg) => this.#answered(attempt, leg),
        failed: (cause) => this.#failed(attempt, cause),
        gone: () => this.#gone(attempt),
        digit: (digit) => {
          if (attempt.asksKey && digit === ACCEPT_KEY) this.#reached(attempt);
        },
      },
    );
  }

  #answered(attempt: Attempt, leg: CallerLeg): void {
    const { session, queue } = attempt;
    attempt.rang = true;
    if (session.stage === 'ended') return leg.hangup();
    session.leg = leg;
    this.#world.history.stage(session, 'callback.answered', { leg: leg.identity });
    if (!queue.callbackConfirm) return this.#reached(attempt);
    attempt.asksKey = true;
    this.#say(session, leg, 'confirm');
    attempt.limit = this.#world.clock.after(ACCEPT_MS_MAX, () =>
      this.#world.inbox.post(() => this.#failed(attempt, 'notAccepted')),
    );
  }

  #failed({ session, rang }: Attempt, cause: DialFailure): void {
    const { callbackId } = session;
    if (session.stage === 'ended' || !callbackId) return;
    const facts = { cause, ...optional('rang', rang) };
    this.#world.command({ type: 'callback.failed', callbackId, ...facts });
  }

  /** Before the key was pressed it is a refusal; afterwards the customer is a caller who leaves. */
  #gone(attempt: Attempt): void {
    if (attempt.asksKey) this.#failed(attempt, 'notAccepted');
    else this.#world.callerGone(attempt.session);
  }

  /** Somebody is there. The engine may have given the attempt up in the same moment. */
  #reached(attempt: Attempt): void {
    const { session, offer } = attempt;
    const { command, clock, history, live } = this.#world;
    const { callbackId } = session;
    if (!callbackId || session.stage === 'ended') return;
    attempt.asksKey = false;
    attempt.limit?.cancel();
    session.leg?.stopPlaying();
    if (!command({ type: 'callback.reached', callbackId }).ok) return;
    session.stage = 'talking';
    const { offerId, agentId } = offer;
    history.stage(session, 'callback.reached', { agentId, offerId });
    live.call(session);
    const { leg } = offer;
    if (leg && 'agentId' in leg) {
      this.#forget(attempt);
      session.connectedAt = clock.now();
      this.#join(session, offer, leg);
    } else this.#ringAgent(attempt, agentId);
  }

  /** Customer first: they hear that somebody comes, and the agent's phone rings for as long as for any call. */
  #ringAgent(attempt: Attempt, agentId: AgentId): void {
    const { session, offer, queue } = attempt;
    const { directory, prompts, inbox } = this.#world;
    const { offerId } = offer;
    attempt.ringsAgent = true;
    const music = prompts.audio(queue.music) ?? prompts.audio('default');
    if (music) session.leg?.playEndlessly(music);
    if (session.leg) this.#say(session, session.leg, 'connecting');
    this.#limitAgent(attempt, queue.ringTimeoutMs);
    const agent = directory?.agents.get(agentId);
    const promise = { id: session.callbackId as CallbackId, context: session.context };
    if (!agent) inbox.post(() => void this.agentFailed(offerId, 'unreachable'));
    else
      ringForPromise(this.#world, promise, { offerId, agent, queueId: session.queueId as QueueId });
  }

  /** The customer waits for the agent no longer than this. */
  #limitAgent(attempt: Attempt, limitMs: number): void {
    const { telephony, clock, inbox } = this.#world;
    const { offerId } = attempt.offer;
    attempt.limit?.cancel();
    attempt.limit = clock.after(limitMs, () =>
      inbox.post(() => {
        telephony.cancelRing(offerId);
        this.agentFailed(offerId, 'noAnswer');
      }),
    );
  }

  // ---- Small things ----------------------------------------------------------------------------------------

  #waitingFor(offerId: OfferId): Attempt | undefined {
    return [...this.#attempts.values()].find(
      ({ offer, ringsAgent }) => ringsAgent && offer.offerId === offerId,
    );
  }

  #forget(attempt: Attempt): void {
    attempt.limit?.cancel();
    const { callbackId } = attempt.session;
    if (callbackId && this.#attempts.get(callbackId) === attempt) this.#attempts.delete(callbackId);
  }

  /** Without the name, if no voice has that in time. A sentence that cannot be had is passed over: the call is what counts. */
  #say(
    { id: callId, context: { language } }: CallSession,
    leg: Pick<AgentLeg, 'play'>,
    phrase: CallbackPhrase,
    name?: string,
  ): void {
    const { prompts, phrases, log } = this.#world;
    const files = (named?: string) => prompts.say(phrases.callback(phrase, language, named));
    files(name)
      .catch((error) => (name ? files() : Promise.reject(error)))
      .then((found) => leg.play(found))
      .catch((error) => log.warn({ callId, error: String(error) }, 'A prompt could not be spoken'));
  }
}
