import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import type { CallId, OfferId } from '../model/ids.ts';
import type { SupervisionMode } from '../model/supervision.ts';
import type {
  Binding,
  BindingLookup,
  DialEvents,
  Dialling,
  DialRequest,
  LegTruth,
  RingRequest,
  Telephony,
  TelephonyListener,
} from '../runtime/ports/index.ts';
import type { MediaServerView, TelephonyMeters } from '../runtime/ports/meters.ts';
import type { Leg, PhonesListener, ReplacedDialog, Switchboard } from '../runtime/ports/phones.ts';
import type { Overhearing } from '../runtime/ports/supervision.ts';
import { AgentRing } from './agent-ring.ts';
import { Arrivals } from './arrivals.ts';
import type { AudioForkServer } from './audio-fork.ts';
import type { Route } from './branch.ts';
import { byPreference } from './by-preference.ts';
import { answerOptions, NOT_TAKEN, refuseMethod, refuseOutside } from './capabilities.ts';
import type { Channel } from './channel.ts';
import { Dialler } from './dialler.ts';
import { Door } from './door.ts';
import { InboundLeg } from './inbound-call.ts';
import { MediaPool } from './media-pool.ts';
import { MediaServer, type MediaServerAddress } from './media-server.ts';
import { overhear, overhearAs, stopOverhearing } from './overhearing.ts';
import { LineBoard } from './phone-lines.ts';
import { PlacedLeg } from './placed-leg.ts';
import { passOverPlaceless } from './placeless.ts';
import { type Keeper, keeper } from './session-keeper.ts';
import { type SignOfLife, signOfLife } from './sign-of-life.ts';
import { Signalling } from './signalling.ts';
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

/**
 * Signalling through drachtio, media through FreeSWITCH: the only room that knows either. Calls that come in
 * are given to the listener; agents are rung and others are dialled when the runtime says so, and only then.
 */
export class DrachtioTelephony implements Telephony, Switchboard, Overhearing<Leg> {
  readonly srf: Srf;
  readonly #options: TelephonyOptions;
  readonly #pool: MediaPool;
  readonly #signalling: Signalling;
  readonly #arrivals: Arrivals;
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
  #draining = false;

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
    this.#keep = keeper(this.#traces, options, () => meters?.repaired?.('deadDialog'));
    const { trunks, lines } = this;
    const shared = { ...options, lines, keep: this.#keep, pool: this.#pool, phones: this.#phones };
    this.#dialler = new Dialler({ ...shared, srf, trunks });
    this.#arrivals = new Arrivals({ ...shared, door: this.#door });
    this.#signalling = new Signalling({
      ...options,
      srf,
      found: () => this.#found(),
      lost: () => this.#lost(),
    });
  }

  /** What keeps it from taking calls; empty when nothing does. */
  get troubles(): readonly string[] {
    return [
      ...(this.#signalling.isUp ? [] : ['drachtio is not connected']),
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
      callers: this.#arrivals.legs.size,
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
    srf.invite((req, res) => void this.#arrivals.invited(req, res, listener));
    srf.use('options', answerOptions);
    srf.use('info', refuseOutside);
    for (const method of NOT_TAKEN) srf.use(method, refuseMethod);
    this.#signalling.open();
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
    for (const ring of this.#rings.values()) ring.hangup();
    for (const leg of this.#arrivals.legs.values()) leg.hangup();
    for (const leg of this.#dialler.legs) leg.hangup();
    this.trunks.close();
    this.#pool.close();
    await this.#signalling.close();
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
    return signOfLife(route, {
      srf,
      clock: this.#options.clock,
      isUp: () => this.#signalling.isUp,
    });
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
      callerLegs: () => [...this.#arrivals.legs.keys()],
      hangupLeg: (id) => this.#arrivals.legs.get(id)?.hangup(),
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
    return this.#arrivals.legs.get(id) ?? this.#dialler.legOf(id);
  }

  #knows({ sipCallId, localTag, remoteTag }: ReplacedDialog): boolean {
    const legs = [...this.#arrivals.legs.values(), ...this.#rings.values(), ...this.#dialler.legs];
    return legs.some(
      ({ identity }) =>
        identity.sipCallId === sipCallId &&
        identity.localTag === localTag &&
        identity.remoteTag === remoteTag,
    );
  }

  #found(): void {
    this.#pool.signalling(true);
    this.trunks.signalling(true);
    const left = this.#traces.endLeft();
    if (left > 0) this.#options.log.warn({ left }, 'Ended the legs that were left behind');
  }

  /** Calls end with their dialogs, and their channels are killed. */
  #lost(): void {
    this.#options.meters?.signallingLost();
    this.#traces.lost();
    this.#pool.signalling(false);
    this.trunks.signalling(false);
    for (const ring of [...this.#rings.values()]) ring.lost();
    for (const leg of [...this.#arrivals.legs.values()]) leg.lost();
    for (const leg of [...this.#dialler.legs]) leg.lost();
  }
}

const done = async (answer: Promise<string> | undefined): Promise<boolean> =>
  (await answer)?.startsWith('+OK') ?? false;

/** Legs of ours are made here, whatever they are called outside. */
function channelOf(leg: Leg): Channel | undefined {
  return leg instanceof InboundLeg || leg instanceof PlacedLeg ? leg.channel : undefined;
}
