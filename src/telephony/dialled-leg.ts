import type { Clock, Timer } from '../lib/clock.ts';
import type { DialFailure } from '../model/callback.ts';
import type { CallId } from '../model/ids.ts';
import type { AudioSink, LiveAudio } from '../runtime/ports/hearing.ts';
import type { CallerLeg, DialEvents, Dialling } from '../runtime/ports/index.ts';
import type { PhonesListener } from '../runtime/ports/phones.ts';
import type { Route } from './branch.ts';
import { dialFailure } from './dial-failure.ts';
import { deafEar } from './live-audio.ts';
import type { MediaServer } from './media-server.ts';
import { PlacedLeg, type PlacedLegOptions } from './placed-leg.ts';

export interface DialledLegOptions {
  readonly callId: CallId;
  /** Its own, so that what the trunk has logged can be found. */
  readonly sipCallId: string;
  readonly routes: readonly Route[];
  readonly spareRoutes?: NonNullable<PlacedLegOptions['spareRoutes']>;
  readonly headers: Readonly<Record<string, string>>;
  readonly firstResponseMsMax: number;
  readonly otherwise?: NonNullable<PlacedLegOptions['otherwise']>;
  readonly ringMsMax: number;
  readonly server: MediaServer;
  readonly srf: PlacedLegOptions['srf'];
  readonly clock: Clock;
  readonly keep: PlacedLegOptions['keep'];
  readonly events: DialEvents;
  readonly phones: Pick<PhonesListener, 'held' | 'referred'>;
  over(): void;
}

/** The ways in which an attempt failed, the one that says most about the customer first. */
const TELLING: readonly DialFailure[] = ['rejected', 'busy', 'noAnswer', 'unreachable', 'noTrunk'];

/** Somebody whom we call: a customer or an outside number through the trunk, or a phone of the house. */
export class DialledLeg extends PlacedLeg implements CallerLeg, Dialling {
  readonly callId: CallId;
  readonly sipCallId: string;
  readonly #ringLimit: Timer;
  readonly #events: DialEvents;

  constructor({
    callId,
    sipCallId,
    ringMsMax,
    events,
    phones,
    over,
    ...options
  }: DialledLegOptions) {
    super(
      {
        ...options,
        headers: {
          ...options.headers,
          // In small letters, as srf writes it when the trunk wants a digest: otherwise there are two.
          ...(isOneInvite(options) ? { 'call-id': sipCallId } : {}),
        },
      },
      {
        ringing: () => events.ringing(),
        answered: () => {
          this.#ringLimit.cancel();
          events.answered(this);
        },
        failed: (why) => this.#failed(causeOf(why)),
        gone: (died) => {
          events.gone(died);
          events.over?.();
        },
        digit: (digit) => events.digit(digit),
        wishes: {
          held: (on) => phones.held(this, on),
          referred: (referral) => phones.referred(this, referral),
        },
        over: () => {
          this.#ringLimit.cancel();
          over();
        },
      },
    );
    this.#events = events;
    this.callId = callId;
    this.sipCallId = sipCallId;
    this.#ringLimit = options.clock.after(ringMsMax, () => {
      super.hangup();
      this.#failed('noAnswer');
    });
  }

  override hangup(): void {
    super.hangup();
    this.#events.over?.();
  }

  /** How it ended is told before that it has: whoever counts calls by their results hears of both. */
  #failed(cause: DialFailure): void {
    this.#events.failed(cause);
    this.#events.over?.();
  }

  /** No flow speaks with whom we call: there is nobody to listen. */
  hear(_sampleRate: number, sink: AudioSink): LiveAudio {
    return deafEar(sink);
  }
}

/** Two INVITEs of one Call-ID would be one dialog to whoever is between. */
const isOneInvite = ({
  routes,
  spareRoutes = [],
}: Pick<DialledLegOptions, 'routes' | 'spareRoutes'>) =>
  routes.length === 1 && spareRoutes.length === 0;

function causeOf(
  why: Parameters<ConstructorParameters<typeof PlacedLeg>[1]['failed']>[0],
): DialFailure {
  if (why === 'media') return 'noTrunk';
  if (why === 'hungUp') return 'rejected';
  const failures = why.map(dialFailure);
  return TELLING.find((failure) => failures.includes(failure)) ?? 'unreachable';
}
