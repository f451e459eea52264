import type { Clock } from '../../../lib/clock.ts';
import type { SipTransport } from '../transport/transport.ts';
import type { TimerValues } from './timers.ts';

/** What every transaction needs of the world. */
export interface TransactionContext {
  readonly clock: Clock;
  readonly timers: TimerValues;
  readonly transport: Pick<SipTransport, 'send' | 'respond'>;
}

/** Why a client transaction ended without a final response. */
export type ClientFailure = 'timeout' | 'transport';

export interface ClientEvents {
  /** Every provisional and final response, retransmitted 2xx of an INVITE included. */
  onResponse(response: import('../message.ts').SipResponse): void;
  /** No final response came, or the request could not be sent (RFC 3261 section 8.1.3.1: as 408, 503). */
  onFailure(failure: ClientFailure): void;
  onTerminated(): void;
}

export interface ServerEvents {
  /** The response could not be delivered, or a final non-2xx to INVITE was never acknowledged. */
  onFailure(failure: ClientFailure): void;
  onTerminated(): void;
}
