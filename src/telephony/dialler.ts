import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import type { CallId } from '../model/ids.ts';
import type {
  Binding,
  BindingLookup,
  DialEvents,
  Dialling,
  DialRequest,
} from '../runtime/ports/index.ts';
import type { PhonesListener } from '../runtime/ports/phones.ts';
import type { Attempt, Route } from './branch.ts';
import { byPreference } from './by-preference.ts';
import { DialledLeg } from './dialled-leg.ts';
import { InboundLeg } from './inbound-call.ts';
import type { MediaPool } from './media-pool.ts';
import type { MediaServer } from './media-server.ts';
import type { Line, LineBoard } from './phone-lines.ts';
import { PlacedLeg } from './placed-leg.ts';
import type { Keeper } from './session-keeper.ts';
import type { SipRefusal } from './sip-refusal.ts';
import { Hunt } from './trunks/hunt.ts';
import type { Trunks } from './trunks/trunks.ts';

export interface DiallerOptions {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly pool: MediaPool;
  readonly bindings: BindingLookup;
  readonly trunks: Trunks;
  readonly lines: LineBoard;
  readonly keep: Keeper;
  /** Told what those who were dialled wish. */
  readonly phones: Pick<PhonesListener, 'held' | 'referred'>;
  routeOf(binding: Binding): Route;
}

/** A phone of the house that has said nothing at all by then is not there. */
const PHONE_RESPONSE_MS_MAX = 5_000;

/** How a destination is called. */
interface Way {
  readonly routes: readonly Route[];
  readonly spareRoutes?: readonly (readonly Route[])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly firstResponseMsMax: number;
  otherwise?(why: SipRefusal): Attempt | undefined;
}

/** Places the calls that the runtime asks for. */
export class Dialler {
  readonly #options: DiallerOptions;
  readonly legs = new Set<DialledLeg>();

  constructor(options: DiallerOptions) {
    this.#options = options;
  }

  legOf(id: CallId): DialledLeg | undefined {
    return [...this.legs].find(({ callId }) => callId === id);
  }

  dial(request: DialRequest, events: DialEvents): Dialling {
    const { srf, clock, newId, keep, phones } = this.#options;
    const server = this.#serverFor(request);
    const hunt = request.to.kind === 'extension' ? undefined : this.#hunt(request);
    const way = hunt ? wayBy(hunt) : this.#wayToPhones(request);
    const sipCallId = newId();
    if (!server || !way) {
      hunt?.over();
      const why = server && !hunt ? 'unreachable' : (hunt?.failure ?? 'noTrunk');
      return this.#refuse(sipCallId, why, events);
    }
    const line = this.#lineOf(request, () => leg.doubt());
    const leg: DialledLeg = new DialledLeg({
      callId: request.callId,
      sipCallId,
      ringMsMax: request.ringMsMax,
      ...way,
      headers: { ...way.headers, ...request.headers },
      server,
      srf,
      clock,
      keep,
      phones,
      events: watched(events, () => (hunt ?? line)?.answered()),
      over: () => {
        (hunt ?? line)?.over();
        this.legs.delete(leg);
      },
    });
    this.legs.add(leg);
    leg.start();
    return leg;
  }

  #lineOf({ to }: DialRequest, doubt: () => void): Line | undefined {
    if (to.kind !== 'extension') return undefined;
    const rings = { state: 'early', direction: 'recipient' } as const;
    return this.#options.lines.open(to.extension, rings, doubt);
  }

  /** Where the leg whom it will speak with is, or where there is most room. */
  #serverFor({ near }: DialRequest): MediaServer | undefined {
    if (near instanceof InboundLeg || near instanceof PlacedLeg) return near.server;
    return this.#options.pool.best();
  }

  #hunt({ to, callerNumber, calledNumber }: DialRequest): Hunt {
    const behalf = {
      ...(calledNumber ? { dnis: calledNumber } : {}),
      ...(callerNumber ? { ani: callerNumber } : {}),
    };
    return new Hunt(this.#options.trunks, to, behalf);
  }

  #wayToPhones({ to, displayName, callerNumber }: DialRequest): Way | undefined {
    const { bindings, routeOf } = this.#options;
    if (to.kind !== 'extension') return undefined;
    const phones = bindings.bindingsOf(to.extension);
    if (phones.length === 0) return undefined;
    const headers = phoneHeaders(to.extension, displayName, callerNumber);
    return { ...byPreference(phones, routeOf), headers, firstResponseMsMax: PHONE_RESPONSE_MS_MAX };
  }

  #refuse(
    sipCallId: string,
    cause: 'noTrunk' | 'limit' | 'unreachable',
    events: DialEvents,
  ): Dialling {
    const refusal = this.#options.clock.after(0, () => events.failed(cause));
    return { sipCallId, hangup: () => refusal.cancel() };
  }
}

function wayBy(hunt: Hunt): Way | undefined {
  const first = hunt.next();
  if (!first) return undefined;
  const { route, ...attempt } = first;
  return { ...attempt, routes: [route], otherwise: (why) => hunt.otherwise(why) };
}

/** Whoever keeps the books hears first that somebody was reached. */
const watched = (events: DialEvents, answered: () => void): DialEvents => ({
  ringing: () => events.ringing(),
  answered: (leg) => {
    answered();
    events.answered(leg);
  },
  failed: (cause) => events.failed(cause),
  gone: (died) => events.gone(died),
  digit: (digit) => events.digit(digit),
  over: () => events.over?.(),
});

/** Who is calling and why, where every phone shows it (P3). */
function phoneHeaders(extension: string, name = '', number = ''): Record<string, string> {
  const user = number.replace(/[^0-9A-Za-z+*#._-]/g, '') || 'anonymous';
  return {
    From: `"${name.replace(/[\\"\r\n]/g, ' ')}" <sip:${user}@localhost>`,
    To: `<sip:${extension}@localhost>`,
  };
}
