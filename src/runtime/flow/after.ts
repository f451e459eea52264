import { normalise } from '../../callers/callers.ts';
import type {
  CallbackRefusal,
  FlowEffect,
  FlowEvent,
  TransferFailure,
} from '../../ivr/vocabulary.ts';
import type { DialFailure } from '../../model/callback.ts';
import { type CallId, callbackId, callId } from '../../model/ids.ts';
import { PRIORITY_DEFAULT } from '../../model/queue.ts';
import { type CallSession, optional } from '../call-session.ts';
import { numberOf } from '../directory.ts';
import type { Callbacks } from '../outbound/callbacks.ts';
import type { CallerLeg, Destination } from '../ports/index.ts';
import { RINGING_TONE } from '../ringing-tone.ts';
import type { World } from '../world.ts';

type Of<Type extends FlowEffect['type']> = Extract<FlowEffect, { type: Type }>;

/** So many transfers are tried in one call: whatever a flow does, the world is not rung for ever. */
const TRANSFERS_MAX = 5;

/** What flows ask for beyond the conversation itself: to be rung back, to be connected, to be heard. */
export class FlowAfter {
  readonly #world: World;
  readonly #callbacks: Callbacks;
  readonly #tell: (id: CallId, event: FlowEvent) => void;

  constructor(world: World, callbacks: Callbacks, tell: (id: CallId, event: FlowEvent) => void) {
    this.#world = world;
    this.#callbacks = callbacks;
    this.#tell = tell;
  }

  /** What cannot be done while waiting: the caller gives the place up. */
  leaveQueue({ id, stage }: CallSession): void {
    if (stage === 'queued' || stage === 'offered')
      this.#world.command({ type: 'call.abandon', callId: id });
  }

  callback(session: CallSession, effect: Of<'callback'>): void {
    const refusal = this.#promise(session, effect);
    const answer: FlowEvent = refusal
      ? { type: 'callbackRefused', why: refusal }
      : { type: 'callbackMade' };
    this.#later(session, answer);
  }

  /** The engine keeps the place of who waits; who does not wait yet stands where somebody stands who comes then. */
  #promise(
    session: CallSession,
    { queueId, number, at }: Of<'callback'>,
  ): CallbackRefusal | undefined {
    const { command, clock, history, log, outbound } = this.#world;
    // No other number would help.
    if (!outbound.canDial) return 'refused';
    const ring = this.#numberOf(session, number);
    if (ring === undefined) return 'number';
    if (!outbound.allows({ kind: 'number', number: ring })) {
      log.warn({ callId: session.id, pii: { number: ring } }, 'No call back to that number');
      return 'notAllowed';
    }
    const id = callbackId(`cb-${session.id}`);
    this.#callbacks.promise(id, session, ring);
    const reply =
      session.stage === 'queued'
        ? command({
            type: 'callback.request',
            callbackId: id,
            callId: session.id,
            callerKey: ring,
            ...optional('at', at),
          })
        : command({
            type: 'callback.schedule',
            callbackId: id,
            queueId,
            callerKey: ring,
            at: at ?? clock.now(),
            priority: session.demand?.priority ?? PRIORITY_DEFAULT,
            requiredSkills: session.demand?.requiredSkills ?? {},
          });
    if (reply.ok) {
      session.leftAs = 'callback';
      return undefined;
    }
    this.#callbacks.refused(id, session);
    history.record(session, 'callback.refused', { code: reply.code });
    return 'refused';
  }

  /** E.164, by the dialling rules of the country that was called; undefined: nobody could be rung there. */
  #numberOf({ context, inbound }: CallSession, typed?: string): string | undefined {
    const { directory } = this.#world;
    const country = (directory && numberOf(directory, inbound.dnis)?.country) ?? 'ES';
    const number = typed === undefined ? context.ani : normalise(typed, country);
    return number?.startsWith('+') ? number : undefined;
  }

  // ---- Transfers -------------------------------------------------------------------------------------------

  transfer(session: CallSession, { to, ringMs }: Of<'transfer'>): void {
    const { outbound, history } = this.#world;
    const destination = this.#destination(session, to);
    session.transfers += 1;
    const known = destination && outbound.allows(destination) ? destination : undefined;
    if (!known || session.transfers > TRANSFERS_MAX) {
      if (!known) outbound.refused('transfer', session.id, destination ?? to);
      history.record(session, 'transfer.refused', {
        why: known ? 'tooMany' : 'notAllowed',
        to: to.kind,
      });
      return this.#later(session, { type: 'transferFailed', why: known ? 'failed' : 'notAllowed' });
    }
    const target = nameOf(known);
    history.record(session, 'transfer.dialled', { to: to.kind, target });
    session.leg?.playEndlessly(RINGING_TONE);
    this.#dial(session, known, target, ringMs);
  }

  #destination(session: CallSession, to: Of<'transfer'>['to']): Destination | undefined {
    if (to.kind !== 'number') return to;
    const number = this.#numberOf(session, to.number);
    return number === undefined ? undefined : { kind: 'number', number };
  }

  #dial(session: CallSession, to: Destination, target: string, ringMs: number): void {
    const { outbound, history } = this.#world;
    const { context } = session;
    session.transfer = outbound.dial(
      'transfer',
      {
        callId: callId(`${session.id}.t${session.transfers}`),
        to,
        ringMsMax: ringMs,
        ...optional('near', session.leg),
        ...optional('displayName', context.name ?? context.ani),
        ...optional('callerNumber', context.ani),
        calledNumber: session.inbound.dnis,
        headers: to.kind === 'extension' ? { 'X-Centralita-Call': session.id } : {},
      },
      {
        ringing: () => history.record(session, 'transfer.ringing', { target }),
        answered: (leg) => void this.#join(session, leg, target),
        failed: (cause) => this.#failed(session, cause),
        gone: () => this.#over(session),
        digit: () => {},
      },
    );
  }

  async #join(session: CallSession, leg: CallerLeg, target: string): Promise<void> {
    const { telephony, inbox } = this.#world;
    const joined = session.leg ? await telephony.bridge(session.leg, leg) : false;
    inbox.post(() => {
      if (session.stage === 'ended') return leg.hangup();
      if (!joined) {
        session.transfer?.hangup();
        return this.#failed(session, 'noTrunk');
      }
      const { clock, history, live } = this.#world;
      session.transferred(target, clock.now());
      history.stage(session, 'transfer.connected', { target, leg: leg.identity });
      live.call(session);
    });
  }

  #failed(session: CallSession, cause: DialFailure): void {
    if (session.stage === 'ended') return;
    session.transfer = undefined;
    session.leg?.stopPlaying();
    this.#world.history.record(session, 'transfer.failed', { cause });
    this.#tell(session.id, { type: 'transferFailed', why: failureOf(cause) });
  }

  /** Whom they were connected with has hung up. */
  #over(session: CallSession): void {
    if (session.stage === 'ended') return;
    session.leg?.hangup();
    this.#world.finish(session, 'transferred', 'agent');
  }

  // ---- Survey ----------------------------------------------------------------------------------------------

  survey(session: CallSession, { question, score }: Of<'surveyAnswer'>): void {
    session.survey = { ...session.survey, [question]: score };
    this.#world.history.stage(session, 'survey.answered', { question, score });
  }

  #later({ id }: CallSession, event: FlowEvent): void {
    this.#world.inbox.post(() => this.#tell(id, event));
  }
}

const nameOf = (to: Destination): string =>
  to.kind === 'number' ? to.number : to.kind === 'sip' ? to.uri : to.extension;

function failureOf(cause: DialFailure): TransferFailure {
  if (cause === 'busy') return 'busy';
  if (cause === 'noAnswer' || cause === 'rejected') return 'noAnswer';
  return cause === 'notAllowed' ? 'notAllowed' : 'failed';
}
