import type { FlowEffect, FlowEvent, TransferFailure } from '../../ivr/vocabulary.ts';
import { optional } from '../../lib/optional.ts';
import { ACCEPT_MS_DEFAULT } from '../../model/arrival.ts';
import type { DialFailure } from '../../model/callback.ts';
import { type CallId, callId } from '../../model/ids.ts';
import type { Asking } from '../asking.ts';
import type { CallSession } from '../call-session.ts';
import { askOutside } from '../outbound/ask-outside.ts';
import type { CallerLeg, Destination } from '../ports/index.ts';
import { RINGING_TONE } from '../ringing-tone.ts';
import { isOfHouse } from '../talk/talk.ts';
import type { Talks } from '../talk/talks.ts';
import type { World } from '../world.ts';
import { ringableNumber } from './ringable-number.ts';

type Transfer = Extract<FlowEffect, { type: 'transfer' }>;

/** So many transfers are tried in one call: whatever a flow does, the world is not rung for ever. */
const TRANSFERS_MAX = 5;

/** One of them. */
interface Attempt {
  readonly to: Destination;
  /** For histories. */
  readonly target: string;
  /** Nobody outside has the caller before a key was pressed. */
  readonly asks: boolean;
  /** While they are asked. */
  asking?: Asking;
  /** They have answered. */
  leg?: CallerLeg;
}

/**
 * Connects callers with whom their flow names.
 *
 *   dialled ──answered──▶ joined ──either hangs up──▶ over
 *      │  └──answered outside──▶ asked ──1──▶ joined
 *      └──busy, nobody─────────────┴──2, nothing, gone──▶ the flow goes on
 */
export class FlowTransfers {
  readonly #world: World;
  readonly #talks: Talks;
  readonly #tell: (id: CallId, event: FlowEvent) => void;

  constructor(world: World, talks: Talks, tell: (id: CallId, event: FlowEvent) => void) {
    this.#world = world;
    this.#talks = talks;
    this.#tell = tell;
  }

  begin(session: CallSession, { to, ringMs, asks }: Transfer): void {
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
      return this.#refused(session, known ? 'failed' : 'notAllowed');
    }
    const target = nameOf(known);
    history.record(session, 'transfer.dialled', { to: to.kind, target });
    session.leg?.playEndlessly(RINGING_TONE);
    this.#dial(session, { to: known, target, asks: asks && outbound.asksForKey(known) }, ringMs);
  }

  #refused({ id }: CallSession, why: TransferFailure): void {
    this.#world.inbox.post(() => this.#tell(id, { type: 'transferFailed', why }));
  }

  #destination(session: CallSession, to: Transfer['to']): Destination | undefined {
    if (to.kind !== 'number') return to;
    const number = ringableNumber(this.#world, session, to.number);
    return number === undefined ? undefined : { kind: 'number', number };
  }

  #dial(session: CallSession, attempt: Attempt, ringMs: number): void {
    const { outbound, history } = this.#world;
    const { context } = session;
    const { to, target } = attempt;
    const dialling = outbound.dial(
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
        answered: (leg) => this.#answered(session, attempt, leg),
        failed: (cause) => this.#failed(session, cause),
        gone: (died = false) => this.#gone(session, attempt, died),
        digit: (key) => {
          if (attempt.asking) attempt.asking.keyed(key);
          else if (attempt.leg) this.#world.keyed(attempt.leg, key);
        },
      },
    );
    session.transfer = {
      sipCallId: dialling.sipCallId,
      hangup: () => {
        attempt.asking?.stop();
        dialling.hangup();
      },
    };
  }

  #answered(session: CallSession, attempt: Attempt, leg: CallerLeg): void {
    attempt.leg = leg;
    if (!attempt.asks) return void this.#join(session, leg, attempt);
    const { history, clock } = this.#world;
    const { id, context, arrivedAt } = session;
    history.record(session, 'party.pickedUp', { target: attempt.target });
    const told = { callId: id, kind: 'call', context, waitMs: clock.now() - arrivedAt } as const;
    const asked = { told, leg, whisper: true, acceptMs: ACCEPT_MS_DEFAULT };
    attempt.asking = askOutside(this.#world, asked, (answer) => {
      delete attempt.asking;
      if (answer === 'accepted') return void this.#join(session, leg, attempt);
      session.transfer?.hangup();
      this.#failed(session, answer);
    });
  }

  async #join(session: CallSession, leg: CallerLeg, { target, to }: Attempt): Promise<void> {
    const { inbox, desks } = this.#world;
    const { rooms } = this.#talks;
    const agent = to.kind === 'extension' ? desks.agentAt(to.extension) : undefined;
    const ofHouse = isOfHouse(agent?.id, to);
    const outside = { leg, name: target, ofHouse, ...optional('agentId', agent?.id) };
    const joined = session.leg ? await rooms.beginOutside(session, session.leg, outside) : false;
    inbox.post(() => {
      if (session.stage === 'ended') return leg.hangup();
      if (session.talk?.outside?.leg !== leg) return;
      if (!joined) {
        session.transfer?.hangup();
        return this.#notJoined(session);
      }
      const { clock, history, live, recorder } = this.#world;
      session.transferred(target, clock.now());
      history.stage(session, 'transfer.connected', { target, leg: leg.identity });
      live.call(session);
      recorder.speaking(session);
    });
  }

  #notJoined(session: CallSession): void {
    session.talk = undefined;
    this.#failed(session, 'noTrunk');
  }

  #failed(session: CallSession, cause: DialFailure): void {
    if (session.stage === 'ended') return;
    session.transfer = undefined;
    session.leg?.stopPlaying();
    this.#world.history.record(session, 'transfer.failed', { cause });
    this.#tell(session.id, { type: 'transferFailed', why: failureOf(cause) });
  }

  /** Whoever hangs up without a key has taken nothing; whoever had the caller leaves like anybody else. */
  #gone(session: CallSession, attempt: Attempt, died: boolean): void {
    if (attempt.asking) {
      attempt.asking.stop();
      return this.#failed(session, 'noAnswer');
    }
    const { leg } = attempt;
    if (session.stage === 'talking' && leg) this.#talks.departures.ofLeg(session, leg, died);
    else this.#notJoined(session);
  }
}

const nameOf = (to: Destination): string =>
  to.kind === 'number' ? to.number : to.kind === 'sip' ? to.uri : to.extension;

function failureOf(cause: DialFailure): TransferFailure {
  if (cause === 'busy') return 'busy';
  if (cause === 'noAnswer' || cause === 'rejected') return 'noAnswer';
  return cause === 'notAllowed' ? 'notAllowed' : 'failed';
}
