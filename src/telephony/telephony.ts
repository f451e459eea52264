import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import { type CallId, callId, type OfferId } from '../model/ids.ts';
import type { SupervisionMode } from '../model/supervision.ts';
import type {
  Binding,
  BindingLookup,
  CallerEnd,
  CallerLeg,
  DialEvents,
  Dialling,
  DialRequest,
  LegTruth,
  RingRequest,
  Telephony,
  TelephonyListener,
} from '../runtime/ports/index.ts';
import type { MediaServerView, TelephonyMeters } from '../runtime/ports/meters.ts';
import type {
  Leg,
  PhonesListener,
  Referral,
  ReplacedDialog,
  Switchboard,
} from '../runtime/ports/phones.ts';
import type { Overhearing } from '../runtime/ports/supervision.ts';
import { AgentRing } from './agent-ring.ts';
import type { AudioForkServer } from './audio-fork.ts';
import type { Route } from './branch.ts';
import { byPreference } from './by-preference.ts';
import { callerIdentity, dialledNumber } from './caller-identity.ts';
import { answerOptions, NOT_TAKEN, refuseMethod, refuseOutside } from './capabilities.ts';
import type { Channel } from './channel.ts';
import { Dialler } from './dialler.ts';
import { Door, type Entry } from './door.ts';
import { hearNoLastWords, sendShortOnly, sendWithoutDelay } from './drachtio-wire.ts';
import { type Hear, InboundLeg } from './inbound-call.ts';
import { deafEar, liveAudio } from './live-audio.ts';
import { MediaPool } from './media-pool.ts';
import { MediaServer, type MediaServerAddress } from './media-server.ts';
import { overhear, overhearAs, stopOverhearing } from './overhearing.ts';
import { LineBoard } from './phone-lines.ts';
import { PlacedLeg } from './placed-leg.ts';
import { passOverPlaceless } from './placeless.ts';
import { refuse } from './refuse.ts';
import { type Keeper, keepSession, sessionHeaders } from './session-keeper.ts';
import { type SignOfLife, signOfLife } from './sign-of-life.ts';
import { watchSip } from './sip-traffic.ts';
import { type LegMemory, NO_MEMORY, Traces } from './traces.ts';
import { Admission, type StrangerPolicy } from './trunks/admission.ts';
import { Trunks } from './trunks/trunks.ts';

export interface TelephonyOptions {
  readonly drachtio: { readonly host: string; readonly port: number; readonly secret: string };
  readonly mediaServers: readonly MediaServerAddress[];
  readonly bindings: BindingLookup;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  /** Where media servers send what callers say; without it nobody is heard. */
  readonly audioForks?: AudioForkServer;
  readonly meters?: TelephonyMeters;
  /** Channels that each media server keeps ready for agents' legs; 0 unless given. */
  readonly spareChannels?: number;
  /** Where a sound lies that media servers are told a URL of; absent: they share the folder. */
  pathOf?(sound: string): string;
  /** What our channels on media servers are called by, so that those of a process that died can be told. */
  readonly owner: string;
  /** Where it stands which legs there are; without it, what a process that dies leaves is nobody's. */
  readonly memory?: LegMemory;
  /** How long a dialog may go without a sign of life (RFC 4028); 0: for ever. */
  readonly sessionSeconds: number;
  /** What becomes of calls that come from no trunk. */
  readonly strangers: StrangerPolicy;
  /** Whether a phone of ours is registered from that address, and could be the one of that name. */
  isPhoneAt(address: string, name?: string): boolean;
  /** None of the extension's phones has said a word. */
  suspect?(extension: string): void;
  routeOf(binding: Binding): Route;
  /** Challenges a phone of ours; undefined when it could not prove itself, and has been answered. */
  authenticate(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<string | undefined>;
}

/** What a caller's leg owes to those who count it. */
interface Arrival {
  readonly isOurs: boolean;
  /** The caller has our 200. */
  readonly acknowledged: () => void;
  readonly release: () => void;
}

const RECONNECT_MS_MAX = 2_000;
/** A server that has not answered a BYE by then is left without. */
const LAST_WORDS_MS_MAX = 2_000;
const LAST_WORDS_TICK_MS = 20;

/**
 * Signalling through drachtio, media through FreeSWITCH: the only room that knows either. Calls that come in
 * are given to the listener; agents are rung and others are dialled when the runtime says so, and only then.
 */
export class DrachtioTelephony implements Telephony, Switchboard, Overhearing<Leg> {
  readonly srf: Srf;
  readonly #options: TelephonyOptions;
  readonly #pool: MediaPool;
  readonly #callers = new Map<CallId, InboundLeg>();
  readonly #rings = new Map<OfferId, AgentRing>();
  readonly #dialler: Dialler;
  readonly #door: Door;
  readonly #keep: Keeper;
  readonly #traces: Traces;
  /** The ways outside. */
  readonly trunks: Trunks;
  /** What the house's phones are in the midst of. */
  readonly lines = new LineBoard();
  #listener: (TelephonyListener & PhonesListener) | undefined;
  /** What far ends wish; whether they may is the runtime's affair. */
  readonly #phones: Pick<PhonesListener, 'held' | 'referred'> = {
    held: (leg, on) => this.#listener?.held(leg, on),
    referred: (leg, referral) => this.#listener?.referred(leg, referral) ?? 603,
  };
  #signallingUp = false;
  #draining = false;
  #closed = false;

  constructor(srf: Srf, options: TelephonyOptions) {
    this.srf = srf;
    this.#options = options;
    const { clock, newId, log, spareChannels = 0, meters, pathOf } = options;
    this.#pool = new MediaPool(
      options.mediaServers.map(
        (address) =>
          new MediaServer({
            address,
            srf,
            clock,
            newId,
            log,
            spareChannels,
            owner: options.owner,
            ...(meters ? { meters } : {}),
            ...(pathOf ? { pathOf } : {}),
          }),
      ),
    );
    this.trunks = new Trunks({ srf, clock, log, newId, random: Math.random });
    const admission = new Admission({ ...options, trunks: this.trunks });
    passOverPlaceless(srf, () => admission.passedOver());
    this.#door = new Door({
      clock,
      admission,
      isOpen: () => this.troubles.length === 0,
      knows: (dialog) => this.#knows(dialog),
    });
    this.#traces = new Traces(srf, clock, options.memory ?? NO_MEMORY);
    this.#keep = {
      headers: sessionHeaders(options),
      invited: (invite) => this.#traces.invite(invite),
      begin: (dialog, dead) => {
        const forget = this.#traces.dialog(dialog);
        const kept = keepSession(dialog, options, () => {
          log.warn({ sipCallId: dialog.sip.callId }, 'A far end is gone without a word: repaired');
          meters?.repaired?.('deadDialog');
          dead();
        });
        const stop = (): void => {
          kept.stop();
          forget();
        };
        return { ...kept, stop };
      },
    };
    const { trunks, lines } = this;
    const [keep, phones] = [this.#keep, this.#phones];
    this.#dialler = new Dialler({ ...options, srf, pool: this.#pool, trunks, lines, keep, phones });
  }

  /** What keeps it from taking calls; empty when nothing does. */
  get troubles(): readonly string[] {
    return [
      ...(this.#signallingUp ? [] : ['drachtio is not connected']),
      ...(this.#pool.up ? [] : ['no media server is ready']),
      ...(this.#draining ? ['shutting down'] : []),
    ];
  }

  /** Calls of strangers that were not taken, and of those who had too many. */
  get turnedAway(): Door['turnedAway'] {
    return this.#door.turnedAway;
  }

  /** What is up now. All are 0 when nobody calls: anything else has leaked. */
  get legs(): {
    readonly callers: number;
    readonly rings: number;
    readonly dialled: number;
    readonly channels: number;
  } {
    return {
      callers: this.#callers.size,
      rings: this.#rings.size,
      dialled: this.#dialler.legs.size,
      channels: this.#pool.load,
    };
  }

  get mediaServers(): readonly MediaServerView[] {
    return this.#pool.views;
  }

  start(listener: TelephonyListener & PhonesListener): void {
    this.#listener = listener;
    const { srf } = this;
    srf.on('connect', (error) => this.#connected(error));
    srf.on('error', (error) => this.#options.log.warn({ error: String(error) }, 'drachtio error'));
    (srf as NodeJS.EventEmitter).on('reconnecting', () => this.#disconnected());
    (srf as NodeJS.EventEmitter).on('close', () => this.#disconnected());
    srf.invite((req, res) => void this.#invited(req, res));
    srf.use('options', answerOptions);
    srf.use('info', refuseOutside);
    for (const method of NOT_TAKEN) srf.use(method, refuseMethod);
    // srf's own waits grow without end; and its types do not know this.
    const reconnect = { retryMaxDelay: RECONNECT_MS_MAX };
    void srf.connect({ ...this.#options.drachtio, reconnect } as Srf.SrfConfig);
    sendWithoutDelay(srf);
    hearNoLastWords(srf);
    sendShortOnly(srf, this.#options.log);
    watchSip(srf, (message) => this.#options.meters?.sip(message));
    this.#pool.connect();
  }

  /** New calls get 503 from now on; those in progress go on. */
  drain(): void {
    this.#draining = true;
  }

  /** Hangs up all that there is; resolves when the servers have heard it, or have had the time to. */
  async close(): Promise<void> {
    this.#draining = true;
    this.#closed = true;
    for (const ring of this.#rings.values()) ring.hangup();
    for (const leg of this.#callers.values()) leg.hangup();
    for (const leg of this.#dialler.legs) leg.hangup();
    this.trunks.close();
    this.#pool.close();
    await this.#lastWords();
    // Without a connection srf throws, and goes on trying: then the next one that it gets is let go.
    if (!this.#signallingUp) return;
    this.#signallingUp = false;
    this.srf.disconnect();
  }

  /** Until nothing waits for an answer: a spare channel that is still being made is hung up when it is there. */
  async #lastWords(): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + LAST_WORDS_MS_MAX;
    // srf's types leave it out.
    const srf = this.srf as Srf & { readonly idle: boolean };
    while (this.#signallingUp && !srf.idle && clock.now() < until)
      await new Promise<void>((resolve) => clock.after(LAST_WORDS_TICK_MS, resolve));
  }

  ring(request: RingRequest): void {
    const server = request.alone ? this.#pool.best() : this.#legOf(request.callId)?.server;
    const bindings = this.#options.bindings.bindingsOf(request.extension);
    if (!server || bindings.length === 0) {
      this.#listener?.agentFailed(request.offerId, 'unreachable');
      return;
    }
    const { srf } = this;
    const { clock, routeOf } = this.#options;
    const { offerId } = request;
    const rings = { state: 'early', direction: 'recipient' } as const;
    const line = this.lines.open(request.extension, rings, () => ring.doubt());
    const ring: AgentRing = new AgentRing({
      request,
      ...byPreference(bindings, routeOf),
      srf,
      clock,
      server,
      keep: this.#keep,
      events: {
        answered: (leg) => {
          line.answered();
          this.#listener?.agentAnswered(offerId, leg);
        },
        failed: (cause) => {
          if (cause === 'unreachable') this.#options.suspect?.(request.extension);
          this.#listener?.agentFailed(offerId, cause);
        },
        gone: (died) => this.#listener?.agentGone(offerId, died),
        over: () => {
          line.over();
          this.#rings.delete(offerId);
        },
        keyed: (leg, key) => this.#listener?.keyed(leg, key, offerId),
        ...this.#phones,
      },
    });
    this.#rings.set(offerId, ring);
    ring.start();
  }

  cancelRing(offerId: OfferId): void {
    this.#rings.get(offerId)?.hangup();
  }

  /** Whether anybody answers there; never rejects. */
  signOfLife(route: Route): Promise<SignOfLife> {
    const { srf } = this;
    return signOfLife(route, { srf, clock: this.#options.clock, isUp: () => this.#signallingUp });
  }

  dial(request: DialRequest, events: DialEvents): Dialling {
    return this.#dialler.dial(request, events);
  }

  async bridge(caller: Leg, other: Leg): Promise<boolean> {
    const from = channelOf(caller);
    const to = channelOf(other);
    if (!from || !to) return false;
    const answer = await from.bridgeTo(to);
    if (answer.startsWith('+OK')) return true;
    const { legId } = caller.identity;
    this.#options.log.warn({ legId, answer: answer.trim() }, 'No bridge was made');
    return false;
  }

  /** What there really is, for whoever believes something else. */
  get truth(): LegTruth {
    return {
      isAlive: (leg) =>
        leg instanceof InboundLeg || leg instanceof PlacedLeg ? leg.alive : undefined,
      callerLegs: () => [...this.#callers.keys()],
      hangupLeg: (id) => this.#callers.get(id)?.hangup(),
    };
  }

  async overhear(supervisor: Leg, target: Leg, mode: SupervisionMode): Promise<boolean> {
    const [from, to] = [channelOf(supervisor), channelOf(target)];
    if (!from || !to) return false;
    return overhear(from, to, mode, this.#options.clock);
  }

  async overhearAs(supervisor: Leg, mode: SupervisionMode): Promise<boolean> {
    const channel = channelOf(supervisor);
    return channel !== undefined && overhearAs(channel, mode);
  }

  async stopOverhearing(supervisor: Leg): Promise<boolean> {
    const channel = channelOf(supervisor);
    return channel !== undefined && stopOverhearing(channel);
  }

  part(leg: Leg): Promise<boolean> {
    return done(channelOf(leg)?.park());
  }

  joinThird(third: Leg, to: Leg): Promise<boolean> {
    const other = channelOf(to);
    return done(other && channelOf(third)?.joinThird(other));
  }

  leaveThird(third: Leg): Promise<boolean> {
    return done(channelOf(third)?.leaveThird());
  }

  #legOf(id: CallId): InboundLeg | PlacedLeg | undefined {
    return this.#callers.get(id) ?? this.#dialler.legOf(id);
  }

  async #invited(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<void> {
    try {
      await this.#take(req, res);
    } catch (error) {
      this.#options.log.error(
        { sipCallId: req.get('Call-ID'), error: String(error) },
        'An INVITE could not be served',
      );
      if (!res.finalResponseSent) res.send(500);
    }
  }

  async #take(req: Srf.SrfRequest, res: Srf.SrfResponse): Promise<void> {
    const listener = this.#listener;
    if (!listener) return refuse(res, 503, { 'Retry-After': '5' });
    const entry = await this.#door.enter(req, res);
    if (entry) await this.#arrived(req, res, listener, entry);
  }

  #knows({ sipCallId, localTag, remoteTag }: ReplacedDialog): boolean {
    const legs = [...this.#callers.values(), ...this.#rings.values(), ...this.#dialler.legs];
    return legs.some(
      ({ identity }) =>
        identity.sipCallId === sipCallId &&
        identity.localTag === localTag &&
        identity.remoteTag === remoteTag,
    );
  }

  /** It may come in: asks whether it is wanted, and answers it. */
  async #arrived(
    req: Srf.SrfRequest,
    res: Srf.SrfResponse,
    listener: TelephonyListener & PhonesListener,
    { trunk, fromExtension, acknowledged }: Entry,
  ): Promise<void> {
    const account = trunk?.registration ? trunk.config.username : undefined;
    const id = callId(this.#options.newId());
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
    const line = isOurs ? this.lines.open(fromExtension, calls, () => leg.doubt()) : undefined;
    const release = isOurs ? () => line?.over() : trunk?.take('in');
    const more = { isOurs, acknowledged, release: release ?? (() => {}) };
    const leg: InboundLeg = this.#inboundLeg(id, req, res, listener, more);
    this.#callers.set(id, leg);
    await leg.answer(this.#pool);
  }

  #inboundLeg(
    id: CallId,
    req: Srf.SrfRequest,
    res: Srf.SrfResponse,
    listener: TelephonyListener & PhonesListener,
    { isOurs, acknowledged, release }: Arrival,
  ): InboundLeg {
    const wishes = {
      held: (on: boolean) => this.#phones.held(leg, on),
      referred: (referral: Referral) => this.#phones.referred(leg, referral),
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
        this.#callers.delete(id);
      },
      gone: (why: CallerEnd) => listener.callerGone(id, why),
    };
    const { log, audioForks, newId } = this.#options;
    const hear: Hear = (channel, sampleRate, sink) =>
      audioForks ? liveAudio(channel, audioForks, newId, sampleRate, sink) : deafEar(sink);
    const leg: InboundLeg = new InboundLeg(id, req, res, events, log, hear, this.#keep);
    return leg;
  }

  #connected(error: Error | null): void {
    if (error) {
      this.#options.log.error({ error: String(error) }, 'drachtio refused the connection');
      return;
    }
    if (this.#closed) {
      this.srf.disconnect();
      return;
    }
    this.#signallingUp = true;
    this.#pool.signalling(true);
    this.trunks.signalling(true);
    this.#options.log.info({}, 'drachtio is connected');
    const left = this.#traces.endLeft();
    if (left > 0) this.#options.log.warn({ left }, 'Ended the legs that were left behind');
  }

  /** Dialogs die with the connection to drachtio (switch-facts.md): their calls end, their channels are killed. */
  #disconnected(): void {
    if (!this.#signallingUp) return;
    this.#signallingUp = false;
    this.#options.meters?.signallingLost();
    this.#options.log.error({}, 'drachtio is gone');
    this.#traces.lost();
    this.#pool.signalling(false);
    this.trunks.signalling(false);
    for (const ring of [...this.#rings.values()]) ring.lost();
    for (const leg of [...this.#callers.values()]) leg.lost();
    for (const leg of [...this.#dialler.legs]) leg.lost();
  }
}

const done = async (answer: Promise<string> | undefined): Promise<boolean> =>
  (await answer)?.startsWith('+OK') ?? false;

/** Legs of ours are made here, whatever they are called outside. */
function channelOf(leg: Leg): Channel | undefined {
  return leg instanceof InboundLeg || leg instanceof PlacedLeg ? leg.channel : undefined;
}
