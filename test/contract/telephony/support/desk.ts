import Srf from 'drachtio-srf';
import { systemClock } from '../../../../src/lib/clock.ts';
import { newUuid } from '../../../../src/lib/ids.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { agentId, type CallId, callId, offerId } from '../../../../src/model/ids.ts';
import { routeOf } from '../../../../src/registrar/sip-uri.ts';
import type {
  AgentLeg,
  Binding,
  CallerLeg,
  InboundCall,
  RingRequest,
  TelephonyListener,
} from '../../../../src/runtime/ports/index.ts';
import type { Leg, PhonesListener, Referral } from '../../../../src/runtime/ports/phones.ts';
import type { MediaServerAddress } from '../../../../src/telephony/media-server.ts';
import { DrachtioTelephony } from '../../../../src/telephony/telephony.ts';
import { eventually } from '../../../support/eventually.ts';
import { EventProbe } from './event-probe.ts';
import type { Switches } from './switches.ts';

const EXTENSION = '1001';
/** What is not over by then never will be. */
const LEAK_MS_MAX = 8_000;

/** What telephony has told, in the order of the telling. */
export type Heard =
  | { readonly type: 'arrived'; readonly call: InboundCall }
  | { readonly type: 'answered'; readonly leg: CallerLeg }
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'keysFlooded' }
  | { readonly type: 'callerGone'; readonly callId: CallId; readonly why: string }
  | { readonly type: 'agentAnswered'; readonly offer: string; readonly leg: AgentLeg }
  | { readonly type: 'agentFailed'; readonly offer: string; readonly cause: string }
  | { readonly type: 'agentGone'; readonly offer: string }
  | { readonly type: 'partyGone'; readonly died: boolean }
  | { readonly type: 'held'; readonly leg: Leg; readonly on: boolean }
  | { readonly type: 'referred'; readonly leg: Leg; readonly referral: Referral }
  | { readonly type: 'keyed'; readonly leg: Leg; readonly key: string };

/** Telephony alone, with the test in the place of the runtime. */
export class Desk implements TelephonyListener, PhonesListener {
  readonly telephony: DrachtioTelephony;
  readonly heard: Heard[] = [];
  bindings: Binding[] = [];
  verdict: ReturnType<TelephonyListener['arrived']> = { accept: true };
  /** Whom a caller has proved to be who says to be an extension; undefined: nobody, and they go unanswered. */
  proven: string | undefined;
  readonly #switches: Switches;

  private constructor(
    switches: Switches,
    mediaServers: readonly MediaServerAddress[],
    sessionSeconds: number,
    spareChannels: number,
  ) {
    this.#switches = switches;
    this.telephony = new DrachtioTelephony(new Srf(), {
      drachtio: switches.drachtio,
      mediaServers,
      // Callers are strangers: who calls as an extension with a phone is asked to prove it.
      bindings: { bindingsOf: (extension) => (extension === EXTENSION ? this.bindings : []) },
      clock: systemClock,
      newId: newUuid,
      log: silentLogger,
      routeOf,
      owner: 'desk',
      sessionSeconds,
      spareChannels,
      strangers: 'accept',
      isPhoneAt: () => false,
      authenticate: () => Promise.resolve(this.proven),
    });
  }

  static async open(
    switches: Switches,
    mediaServers = [switches.media],
    sessionSeconds = 0,
  ): Promise<Desk> {
    const desk = Desk.begin(switches, mediaServers, sessionSeconds);
    await desk.ready();
    return desk;
  }

  /** Started, and ready when it may be. */
  static begin(
    switches: Switches,
    mediaServers: readonly MediaServerAddress[],
    sessionSeconds = 0,
    spareChannels = 0,
  ): Desk {
    const desk = new Desk(switches, mediaServers, sessionSeconds, spareChannels);
    desk.telephony.start(desk);
    return desk;
  }

  ready(): Promise<unknown> {
    return eventually('telephony is ready', () => this.telephony.troubles.length === 0);
  }

  /** Waits for the next of its kind, and takes it away. */
  next<Type extends Heard['type']>(type: Type): Promise<Extract<Heard, { type: Type }>> {
    return eventually(`telephony says ${type}`, () => {
      const index = this.heard.findIndex((entry) => entry.type === type);
      if (index < 0) return undefined;
      return this.heard.splice(index, 1)[0] as Extract<Heard, { type: Type }>;
    });
  }

  types(): readonly string[] {
    return this.heard.map(({ type }) => type);
  }

  /** Rings the phones at these addresses for a caller. */
  ring(callId: CallId, uris: readonly string[], offer = newUuid(), qs: number[] = []): string {
    return this.ringAt(
      callId,
      uris.map((uri, index) => ({ contactUri: uri, q: qs[index] ?? 1 })),
      offer,
    );
  }

  /** Rings whatever has registered so. */
  ringAt(
    callId: CallId,
    phones: readonly (Partial<Binding> & Pick<Binding, 'contactUri'>)[],
    offer = newUuid(),
  ): string {
    this.bindings = phones.map((phone) => ({ ...bindingAt(phone.contactUri), ...phone }));
    const request: RingRequest = {
      offerId: offerId(offer),
      callId,
      agentId: agentId('1001'),
      extension: EXTENSION,
      displayName: 'VIP Ana',
      callerNumber: '+525555550001',
      calledNumber: '8005550100',
      headers: { 'X-Centralita-Queue': 'ventas' },
    };
    this.telephony.ring(request);
    return offer;
  }

  /** Dials the extension whose phones are at these addresses; resolves with whoever answers. */
  dial(near: CallId, uris: readonly string[], qs: number[] = []): Promise<CallerLeg> {
    this.bindings = uris.map((uri, index) => ({ ...bindingAt(uri), q: qs[index] ?? 1 }));
    return new Promise((resolve, reject) => {
      const to = { kind: 'extension', extension: EXTENSION } as const;
      const request = { callId: callId(`${near}.t1`), to, ringMsMax: 10_000, headers: {} };
      this.telephony.dial(request, {
        ringing: () => {},
        answered: resolve,
        failed: (cause) => reject(new Error(cause)),
        gone: (died) => this.heard.push({ type: 'partyGone', died: died ?? false }),
        digit: (digit) => this.heard.push({ type: 'digit', digit }),
      });
    });
  }

  /** Everything that was begun is over, here and at the media server. */
  async nothingLeft(): Promise<void> {
    const legs = () => Object.entries(this.telephony.legs).filter(([, count]) => count > 0);
    await eventually('no leg is left', () => legs().length === 0, LEAK_MS_MAX).catch(
      (error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify(legs())}`);
      },
    );
    const probe = await EventProbe.open(this.#switches.media);
    try {
      await eventually(
        'no channel is left',
        async () => /^\s*0 total/m.test(await probe.api('show channels count')),
        LEAK_MS_MAX,
      );
    } finally {
      probe.close();
    }
  }

  close(): Promise<void> {
    return this.telephony.close();
  }

  arrived(call: InboundCall): ReturnType<TelephonyListener['arrived']> {
    this.heard.push({ type: 'arrived', call });
    return this.verdict;
  }

  /** An offer that can surely be used; what comes of it is told by others. */
  answering(): void {}

  answered(leg: CallerLeg): void {
    this.heard.push({ type: 'answered', leg });
  }

  digit(_callId: CallId, digit: string): void {
    this.heard.push({ type: 'digit', digit });
  }

  keysFlooded(): void {
    this.heard.push({ type: 'keysFlooded' });
  }

  callerGone(callId: CallId, why: string): void {
    this.heard.push({ type: 'callerGone', callId, why });
  }

  agentAnswered(offer: string, leg: AgentLeg): void {
    this.heard.push({ type: 'agentAnswered', offer, leg });
  }

  agentFailed(offer: string, cause: string): void {
    this.heard.push({ type: 'agentFailed', offer, cause });
  }

  held(leg: Leg, on: boolean): void {
    this.heard.push({ type: 'held', leg, on });
  }

  /** What the next REFER is answered with. */
  referStatus = 202;

  referred(leg: Leg, referral: Referral): number {
    this.heard.push({ type: 'referred', leg, referral });
    return this.referStatus;
  }

  keyed(leg: Leg, key: string): void {
    this.heard.push({ type: 'keyed', leg, key });
  }

  agentGone(offer: string): void {
    this.heard.push({ type: 'agentGone', offer });
  }
}

const bindingAt = (contactUri: string): Binding => ({
  extension: EXTENSION,
  contactUri,
  receivedFrom: '127.0.0.1:5060',
  transport: 'udp',
  callId: 'registration',
  cseq: 1,
  userAgent: 'test',
  q: 1,
  expiresAt: Number.MAX_SAFE_INTEGER,
});
