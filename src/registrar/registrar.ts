import type { Clock } from '../lib/clock.ts';
import type { DigestAlgorithm } from '../lib/digest.ts';
import { createGuard, GUARD_LIMITS, type GuardLimits } from '../lib/guard.ts';
import type { Logger } from '../lib/log.ts';
import type {
  Binding,
  BindingLookup,
  BindingStore,
  CredentialStore,
} from '../runtime/ports/index.ts';
import { createAuthenticator, type Role } from './authenticator.ts';
import {
  applyRegistration,
  BINDING_LIMITS,
  type BindingLimits,
  isReborn,
  type PhoneBinding,
  type Registration,
} from './bindings.ts';
import { byExtension, createLocationService } from './location-service.ts';
import { createNonces } from './nonces.ts';
import { createQualifier, type Sign } from './qualifier.ts';
import { readRegistration } from './register-request.ts';
import { answerRegistration } from './register-response.ts';
import { isScanner } from './scanners.ts';
import { type SipRequest, type SipResponse, sourceOf } from './sip.ts';
import { createWriteBehind } from './write-behind.ts';

export interface RegistrarOptions {
  readonly credentials: CredentialStore;
  readonly store: BindingStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** What HA1s are bound to; the one of the configuration. */
  readonly realm: string;
  /** Called when an extension gets its first binding, and when it has lost its last. */
  readonly onReachable: (extension: string, reachable: boolean) => void;
  /**
   * What phones are asked for, the preferred first (RFC 8760 section 2.4). MD5 alone by default, like everybody
   * else's: baresip 1.0 gives up on a challenge when *any* algorithm offered is unknown to it, SIPp 3.6 when the
   * first is. An answer with SHA-256 is always taken.
   */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** A phone has fallen silent, or registers anew after a restart: its calls may be over without a word. */
  onDoubt?(extension: string): void;
  /** Asks a phone by OPTIONS whether it is there, so often; absent: phones are believed until they expire. */
  readonly qualify?: {
    readonly everyMs: number;
    ask(binding: Binding): Promise<Sign>;
  };
  readonly bindingLimits?: BindingLimits;
  readonly guardLimits?: GuardLimits;
}

export interface Registrar extends BindingLookup {
  /** Brings back what was registered before the last stop; `onReachable` hears of each. Never fails. */
  restore(): Promise<void>;
  /** For `srf.use('register', …)`. Never rejects; leaves a request unanswered only on purpose. */
  register(req: SipRequest, res: SipResponse): Promise<void>;
  /**
   * Who sends this request, such as an INVITE of one of our phones. Undefined: it has been answered already, by
   * a challenge or a refusal, and must go no further. Never rejects. `role`: what is asked of is a proxy, which it is
   * for whoever calls somebody, unless it is said.
   */
  authenticate(req: SipRequest, res: SipResponse, role?: Role): Promise<string | undefined>;
  /** A call has found no phone of the extension: they are asked whether they are there. */
  suspect(extension: string): void;
  /** Whether a phone is registered from that address now, and could be the one of that name. */
  hasPhoneAt(address: string, name?: string): boolean;
  /** Writes what is still to be written, within a time limit, and stops every timer. Bindings stay. */
  close(): Promise<void>;
}

const CLOSE_MS_MAX = 2_000;

/**
 * Where phones say where they are (RFC 3261 section 10.3). Memory is the truth and answers at once; the store is
 * told afterwards. Whoever cannot prove to be a phone of ours learns nothing and costs next to nothing.
 */
export function createRegistrar(options: RegistrarOptions): Registrar {
  const { clock, log, store, onReachable, bindingLimits = BINDING_LIMITS } = options;
  const guard = createGuard(clock, options.guardLimits ?? GUARD_LIMITS);
  const authenticator = createAuthenticator({
    credentials: options.credentials,
    nonces: createNonces({ clock }),
    guard,
    clock,
    log,
    realm: options.realm,
    algorithms: options.algorithms ?? ['MD5'],
  });
  const locations = createLocationService(clock, {
    changed(extension) {
      writeBehind.changed(extension);
      qualifier?.watch(extension, locations.allOf(extension));
    },
    reachable: onReachable,
  });
  const writeBehind = createWriteBehind(store, locations.allOf, clock, log);
  const qualifier =
    options.qualify &&
    createQualifier({ ...options.qualify, clock, random: Math.random, verdict: judged });

  function judged(binding: PhoneBinding, silent: boolean): void {
    const { extension, transport, userAgent } = binding;
    if (silent) {
      log.warn({ extension, transport, userAgent }, 'A phone does not answer any more');
      options.onDoubt?.(extension);
    } else log.info({ extension, transport, userAgent }, 'A phone answers again');
    locations.mark(binding, silent);
    qualifier?.watch(extension, locations.allOf(extension));
  }

  async function restore(): Promise<void> {
    try {
      for (const [extension, bindings] of byExtension(await store.all(), clock.now()))
        if (locations.allOf(extension).length === 0) locations.put(extension, bindings);
    } catch (error) {
      log.warn(
        { error: String(error) },
        'bindings could not be restored; phones will register again',
      );
    }
  }

  async function register(req: SipRequest, res: SipResponse): Promise<void> {
    // No answer at all: a scanner that hears nothing goes elsewhere, and a flood gets no amplifier.
    if (isScanner(req) || !guard.admit(sourceOf(req).address)) return;
    try {
      await serve(req, res);
    } catch (error) {
      log.error({ error: String(error) }, 'a REGISTER could not be served');
      if (!res.finalResponseSent) res.send(500);
    }
  }

  async function serve(req: SipRequest, res: SipResponse): Promise<void> {
    const request = readRegistration(req);
    if (!request.ok) {
      res.send(request.error.status, { headers: request.error.headers });
      return;
    }
    const extension = await authenticator.authenticate(req, res, 'registrar');
    if (extension === undefined) return;
    // Nobody registers another's phone (section 10.3 steps 4 and 5).
    if (extension === request.value.extension) bind(extension, request.value, res);
    else res.send(403);
  }

  function bind(extension: string, request: Registration, res: SipResponse): void {
    const current = locations.allOf(extension);
    const outcome = applyRegistration(current, request, clock.now(), bindingLimits);
    const isChange = outcome.kind === 'done' && request.contacts.length > 0;
    answerRegistration(res, outcome, clock.now(), request.path);
    // After the answer: a call that waits for this phone rings it at once, and it should know by then that it may be rung.
    if (isChange) locations.put(extension, outcome.bindings);
    if (outcome.kind === 'done' && isReborn(current, outcome.bindings))
      options.onDoubt?.(extension);
    log.debug({ extension, outcome: outcome.kind }, 'REGISTER');
  }

  async function close(): Promise<void> {
    qualifier?.close();
    locations.close();
    await writeBehind.close(CLOSE_MS_MAX);
  }

  return {
    restore,
    register,
    authenticate: (req, res, role = 'proxy') => authenticator.authenticate(req, res, role),
    bindingsOf: locations.bindingsOf,
    suspect: (extension) => qualifier?.suspect(extension),
    hasPhoneAt: locations.hasPhoneAt,
    close,
  };
}
