import type Srf from 'drachtio-srf';
import type { NewId } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import { type CallId, callId } from '../model/ids.ts';
import type { CallerEnd, CallerLeg, TelephonyListener } from '../runtime/ports/index.ts';
import type { PhonesListener, Referral } from '../runtime/ports/phones.ts';
import type { AudioForkServer } from './audio-fork.ts';
import { callerIdentity, dialledNumber } from './caller-identity.ts';
import type { Door, Entry } from './door.ts';
import { type Hear, InboundLeg } from './inbound-call.ts';
import { deafEar, liveAudio } from './live-audio.ts';
import type { MediaPool } from './media-pool.ts';
import type { LineBoard } from './phone-lines.ts';
import { refuse } from './refuse.ts';
import type { Keeper } from './session-keeper.ts';

export interface ArrivalsOptions {
  readonly door: Door;
  readonly pool: MediaPool;
  readonly lines: LineBoard;
  readonly keep: Keeper;
  readonly newId: NewId;
  readonly log: Logger;
  /** Where media servers send what callers say; without it nobody is heard. */
  readonly audioForks?: AudioForkServer;
  /** Told what phones of ours wish that call. */
  readonly phones: Pick<PhonesListener, 'held' | 'referred'>;
}

/** What a caller's leg owes to those who count it. */
interface Dues {
  readonly isOurs: boolean;
  /** The caller has our 200. */
  readonly acknowledged: () => void;
  readonly release: () => void;
}

/** Calls that come in: each is looked at, asked about, and answered. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #legs = new Map<CallId, InboundLeg>();

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  get legs(): ReadonlyMap<CallId, InboundLeg> {
    return this.#legs;
  }

  /** Never rejects: what fails is answered. */
  async invited(
    req: Srf.SrfRequest,
    res: Srf.SrfResponse,
    listener: TelephonyListener,
  ): Promise<void> {
    try {
      const entry = await this.#options.door.enter(req, res);
      if (entry) await this.#take(req, res, listener, entry);
    } catch (error) {
      this.#options.log.error(
        { sipCallId: req.get('Call-ID'), error: String(error) },
        'An INVITE could not be served',
      );
      if (!res.finalResponseSent) res.send(500);
    }
  }

  /** It may come in: asks whether it is wanted, and answers it. */
  async #take(
    req: Srf.SrfRequest,
    res: Srf.SrfResponse,
    listener: TelephonyListener,
    { trunk, fromExtension, acknowledged }: Entry,
  ): Promise<void> {
    const { newId, lines, pool } = this.#options;
    const account = trunk?.registration ? trunk.config.username : undefined;
    const id = callId(newId());
    const verdict = listener.arrived({
      callId: id,
      sipCallId: req.get('Call-ID'),
      dnis: dialledNumber(req, account),
      ...callerIdentity(req, trunk?.config.trusted ?? true),
      ...(trunk ? { trunkId: trunk.config.id } : {}),
      ...(fromExtension ? { fromExtension } : {}),
    });
    if (!verdict.accept) {
      acknowledged();
      return refuse(res, verdict.status);
    }
    const isOurs = fromExtension !== undefined;
    const calls = { state: 'confirmed', direction: 'initiator' } as const;
    const line = isOurs ? lines.open(fromExtension, calls, () => leg.doubt()) : undefined;
    const release = isOurs ? () => line?.over() : trunk?.take('in');
    const dues = { isOurs, acknowledged, release: release ?? (() => {}) };
    const leg: InboundLeg = this.#leg(id, req, res, listener, dues);
    this.#legs.set(id, leg);
    await leg.answer(pool);
  }

  #leg(
    id: CallId,
    req: Srf.SrfRequest,
    res: Srf.SrfResponse,
    listener: TelephonyListener,
    { isOurs, acknowledged, release }: Dues,
  ): InboundLeg {
    const { phones, log, audioForks, newId, keep } = this.#options;
    const wishes = {
      held: (on: boolean) => phones.held(leg, on),
      referred: (referral: Referral) => phones.referred(leg, referral),
    };
    const events = {
      ...(isOurs ? { wishes } : {}),
      answering: (leg: CallerLeg) => listener.answering(leg),
      answered: (leg: CallerLeg) => listener.answered(leg),
      digit: (digit: string) => listener.digit(id, digit),
      keysFlooded: () => listener.keysFlooded(id),
      acknowledged,
      over: () => {
        acknowledged();
        release();
        this.#legs.delete(id);
      },
      gone: (why: CallerEnd) => listener.callerGone(id, why),
    };
    const hear: Hear = (channel, sampleRate, sink) =>
      audioForks ? liveAudio(channel, audioForks, newId, sampleRate, sink) : deafEar(sink);
    const leg: InboundLeg = new InboundLeg(id, req, res, events, log, hear, keep);
    return leg;
  }
}
