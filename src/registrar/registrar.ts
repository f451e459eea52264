import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { BindingLookup, BindingStore, CredentialStore } from '../runtime/ports.ts';
import type { SipRequest, SipResponse } from './sip.ts';

export interface RegistrarOptions {
  readonly credentials: CredentialStore;
  readonly store: BindingStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly realm: string;
  /** Called when an extension gets its first binding, and when it has lost its last. */
  readonly onReachable: (extension: string, reachable: boolean) => void;
}

export interface Registrar extends BindingLookup {
  /** Brings back what was registered before the last stop; `onReachable` hears of each. Never fails. */
  restore(): Promise<void>;
  /** For `srf.register(…)` or `srf.use('register', …)`. Always ends the request, one way or another. */
  register(req: SipRequest, res: SipResponse): Promise<void>;
  /**
   * Who sends this request (an INVITE of one of our phones). Undefined: it has been answered already, by a
   * challenge or a refusal, or is dropped; the caller has nothing left to do.
   */
  authenticate(req: SipRequest, res: SipResponse): Promise<string | undefined>;
  close(): Promise<void>;
}

export declare function createRegistrar(options: RegistrarOptions): Registrar;
