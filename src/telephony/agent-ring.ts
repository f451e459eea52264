import type { Clock } from '../lib/clock.ts';
import type { AgentId } from '../model/ids.ts';
import type { AgentLeg, LegFailure, RingRequest } from '../runtime/ports/index.ts';
import type { PhonesListener } from '../runtime/ports/phones.ts';
import type { Route } from './branch.ts';
import { failureOfStatus, tellingFailure } from './leg-failure.ts';
import type { MediaServer } from './media-server.ts';
import { PlacedLeg, type PlacedLegOptions } from './placed-leg.ts';

export interface RingEvents extends Pick<PhonesListener, 'held' | 'referred'> {
  answered(leg: AgentRing): void;
  failed(cause: LegFailure): void;
  /** {@link PlacedLegEvents.gone} */
  gone(died: boolean): void;
  /** A key, pressed after the answer. */
  keyed(leg: AgentRing, key: string): void;
  /** Nothing is left of it, whoever ended it. */
  over(): void;
}

export interface RingOptions {
  readonly request: RingRequest;
  readonly routes: readonly Route[];
  readonly spareRoutes: readonly (readonly Route[])[];
  readonly server: MediaServer;
  readonly srf: PlacedLegOptions['srf'];
  readonly clock: Clock;
  readonly keep: PlacedLegOptions['keep'];
  readonly events: RingEvents;
}

/** A phone that has said nothing at all by then is not there. */
const FIRST_RESPONSE_MS_MAX = 5_000;

/** An agent's leg: the phones of the agent ring, those that want to be first before the others. */
export class AgentRing extends PlacedLeg implements AgentLeg {
  readonly agentId: AgentId;

  constructor({ request, events, ...options }: RingOptions) {
    super(
      { ...options, headers: headersFor(request), firstResponseMsMax: FIRST_RESPONSE_MS_MAX },
      {
        answered: () => events.answered(this),
        failed: (why) => events.failed(causeOf(why)),
        gone: (died) => events.gone(died),
        digit: (key) => events.keyed(this, key),
        wishes: {
          held: (on) => events.held(this, on),
          referred: (referral) => events.referred(this, referral),
        },
        over: () => events.over(),
      },
    );
    this.agentId = request.agentId;
  }
}

function causeOf(
  why: Parameters<ConstructorParameters<typeof PlacedLeg>[1]['failed']>[0],
): LegFailure {
  if (why === 'media') return 'media';
  if (why === 'hungUp') return 'rejected';
  return tellingFailure(why.map(({ status }) => failureOfStatus(status)));
}

/** Who is calling and why, where every phone shows it, and once more for programs (P3). */
function headersFor(request: RingRequest): Record<string, string> {
  const number = request.callerNumber.replace(/[^0-9A-Za-z+*#._-]/g, '') || 'anonymous';
  const display = request.displayName.replace(/[\\"\r\n]/g, ' ');
  return {
    From: `"${display}" <sip:${number}@localhost>`,
    To: `<sip:${request.extension}@localhost>`,
    ...request.headers,
  };
}
