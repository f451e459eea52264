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
} from '../runtime/ports.ts';
import type { Route } from './branch.ts';
import { DialledLeg } from './dialled-leg.ts';
import { InboundLeg } from './inbound-call.ts';
import type { MediaPool } from './media-pool.ts';
import type { MediaServer } from './media-server.ts';
import { PlacedLeg } from './placed-leg.ts';
import { routeToAddress, routeToNumber, type Trunk, trunkHeaders } from './trunk.ts';

export interface DiallerOptions {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly pool: MediaPool;
  readonly bindings: BindingLookup;
  readonly trunk?: Trunk;
  routeOf(binding: Binding): Route;
}

/** A phone of the house that has said nothing at all by then is not there. */
const PHONE_RESPONSE_MS_MAX = 5_000;

/** How a destination is called. */
interface Way {
  readonly routes: readonly Route[];
  readonly headers: Readonly<Record<string, string>>;
  readonly firstResponseMsMax: number;
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
    const { srf, clock, newId } = this.#options;
    const server = this.#serverFor(request);
    const way = this.#wayTo(request);
    const sipCallId = newId();
    if (!server || !way) return this.#refuse(sipCallId, way ? 'noTrunk' : wayless(request), events);
    const leg: DialledLeg = new DialledLeg({
      callId: request.callId,
      sipCallId,
      ringMsMax: request.ringMsMax,
      ...way,
      headers: { ...way.headers, ...request.headers },
      server,
      srf,
      clock,
      events,
      over: () => this.legs.delete(leg),
    });
    this.legs.add(leg);
    leg.start();
    return leg;
  }

  /** Where the leg whom it will speak with is, or where there is most room. */
  #serverFor({ near }: DialRequest): MediaServer | undefined {
    if (near instanceof InboundLeg || near instanceof PlacedLeg) return near.server;
    return this.#options.pool.best();
  }

  #wayTo({ to, displayName, callerNumber }: DialRequest): Way | undefined {
    const { trunk, bindings, routeOf } = this.#options;
    if (to.kind === 'extension') {
      const routes = bindings.bindingsOf(to.extension).map((binding) => routeOf(binding));
      if (routes.length === 0) return undefined;
      const headers = phoneHeaders(to.extension, displayName, callerNumber);
      return { routes, headers, firstResponseMsMax: PHONE_RESPONSE_MS_MAX };
    }
    if (!trunk) return undefined;
    const route =
      to.kind === 'number' ? routeToNumber(trunk, to.number) : routeToAddress(trunk, to.uri);
    return {
      routes: [route],
      headers: trunkHeaders(trunk, route.uri),
      firstResponseMsMax: trunk.responseMsMax,
    };
  }

  #refuse(sipCallId: string, cause: 'noTrunk' | 'unreachable', events: DialEvents): Dialling {
    const refusal = this.#options.clock.after(0, () => events.failed(cause));
    return { sipCallId, hangup: () => refusal.cancel() };
  }
}

const wayless = ({ to }: DialRequest): 'noTrunk' | 'unreachable' =>
  to.kind === 'extension' ? 'unreachable' : 'noTrunk';

/** Who is calling and why, where every phone shows it (P3). */
function phoneHeaders(extension: string, name = '', number = ''): Record<string, string> {
  const user = number.replace(/[^0-9A-Za-z+*#._-]/g, '') || 'anonymous';
  return {
    From: `"${name.replace(/[\\"\r\n]/g, ' ')}" <sip:${user}@localhost>`,
    To: `<sip:${extension}@localhost>`,
  };
}
