import type { Clock, EpochMs } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { DialFailure } from '../model/callback.ts';
import type { Inbox } from './inbox.ts';
import type { Destination, DialEvents, Dialling, DialRequest, Meters, Telephony } from './ports.ts';

/** What may be called. Without a rule that allows something, nothing ever is. */
export interface OutboundRules {
  /**
   * Beginnings of E.164 numbers (`+34`), and hosts of SIP addresses (`sip:example.com`). One with `!` before it is
   * refused; the longest that fits a number decides.
   */
  readonly allowed: readonly string[];
  /** So many calls through the trunk at once. */
  readonly callsMax: number;
  /** So many attempts in any 60 minutes: what a stolen password can cost. */
  readonly callsPerHourMax: number;
}

/** What it takes to call somebody. */
export interface OutboundWorld {
  readonly clock: Clock;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly telephony: Telephony;
  readonly meters?: Meters;
}

/** Why a call of ours is placed; for the books. */
export type Purpose = 'callback' | 'transfer' | 'agent';

export type Refused = Extract<DialFailure, 'notAllowed' | 'limit' | 'noTrunk'>;

const HOUR_MS = 3_600_000;
/** E.164 has up to 15 digits; nothing with so few is a subscriber, and so no emergency or short number is called. */
const E164 = /^\+[1-9]\d{6,14}$/;
const SIP_ADDRESS = /^sip:[A-Za-z0-9+._~*#-]{1,64}@([A-Za-z0-9.-]{1,253})(?::\d{1,5})?$/i;

/**
 * The one door by which calls leave the house: what is not allowed is refused, counted and said; how many there are
 * at once and in an hour has a limit. Phones of the house are no outside destination.
 */
export class Outbound {
  readonly #world: OutboundWorld;
  readonly #rules: OutboundRules | undefined;
  #inProgress = 0;
  /** When the attempts of the last hour began; as many as are allowed at most. */
  #attempts: EpochMs[] = [];

  constructor(world: OutboundWorld, rules: OutboundRules | undefined) {
    this.#world = world;
    this.#rules = rules;
  }

  /** Whether there is anything outside that may be called. */
  get canDial(): boolean {
    return this.#rules?.allowed.some((entry) => !entry.startsWith('!')) ?? false;
  }

  get inProgress(): number {
    return this.#inProgress;
  }

  /** Whether the destination is allowed at all, at whatever time. */
  allows(to: Destination): boolean {
    if (to.kind === 'extension') return true;
    const { allowed = [] } = this.#rules ?? {};
    return to.kind === 'number' ? allowsNumber(allowed, to.number) : allowsAddress(allowed, to.uri);
  }

  /** Counted and said, like one that would have been dialled. */
  refused(purpose: Purpose, callId: string, to: unknown): void {
    const { log, meters } = this.#world;
    log.warn({ callId, purpose, cause: 'notAllowed', pii: to }, 'Not dialled');
    meters?.dialled(purpose, 'notAllowed');
  }

  /** Places the call, or tells `failed` why not. Events come as inputs of their own. */
  dial(purpose: Purpose, request: DialRequest, events: DialEvents): Dialling {
    const { inbox, telephony, log, meters } = this.#world;
    const outside = request.to.kind !== 'extension';
    const refused = outside ? this.#refusal(request.to) : undefined;
    const call = new Placed(inbox, events, (result) => {
      if (outside) meters?.dialled(purpose, result);
      if (outside && !refused) this.#inProgress -= 1;
    });
    if (refused) {
      log.warn({ callId: request.callId, purpose, cause: refused, pii: request.to }, 'Not dialled');
      call.failed(refused);
      return call;
    }
    if (outside) this.#begin();
    call.follow(telephony.dial(request, call));
    return call;
  }

  #refusal(to: Destination): Refused | undefined {
    const rules = this.#rules;
    if (!rules) return 'noTrunk';
    if (!this.allows(to)) return 'notAllowed';
    const since = this.#world.clock.now() - HOUR_MS;
    this.#attempts = this.#attempts.filter((at) => at > since);
    const full =
      this.#inProgress >= rules.callsMax || this.#attempts.length >= rules.callsPerHourMax;
    return full ? 'limit' : undefined;
  }

  #begin(): void {
    this.#inProgress += 1;
    this.#attempts.push(this.#world.clock.now());
  }
}

/** One call of ours: each event is an input, none comes after its end, and its end is told once. */
class Placed implements DialEvents, Dialling {
  readonly #inbox: Inbox;
  readonly #events: DialEvents;
  readonly #over: (result: DialFailure | 'answered' | 'cancelled') => void;
  #dialling: Dialling | undefined;
  #result: DialFailure | 'answered' | 'cancelled' = 'cancelled';
  #ended = false;
  #silenced = false;

  constructor(
    inbox: Inbox,
    events: DialEvents,
    over: (result: DialFailure | 'answered' | 'cancelled') => void,
  ) {
    this.#inbox = inbox;
    this.#events = events;
    this.#over = over;
  }

  get sipCallId(): string {
    return this.#dialling?.sipCallId ?? '';
  }

  follow(dialling: Dialling): void {
    this.#dialling = dialling;
  }

  hangup(): void {
    this.#silenced = true;
    this.#dialling?.hangup();
    this.#end();
  }

  ringing(): void {
    this.#tell(() => this.#events.ringing());
  }

  answered(leg: Parameters<DialEvents['answered']>[0]): void {
    this.#result = 'answered';
    this.#tell(() => this.#events.answered(leg));
  }

  failed(cause: DialFailure): void {
    this.#result = cause;
    this.#end();
    this.#tell(() => this.#events.failed(cause));
  }

  gone(): void {
    this.#end();
    this.#tell(() => this.#events.gone());
  }

  over(): void {
    this.#end();
  }

  digit(digit: string): void {
    this.#tell(() => this.#events.digit(digit));
  }

  #tell(event: () => void): void {
    this.#inbox.post(() => {
      if (!this.#silenced) event();
    });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#over(this.#result);
  }
}

function allowsNumber(allowed: readonly string[], number: string): boolean {
  if (!E164.test(number)) return false;
  const fitting = allowed
    .filter((entry) => number.startsWith(entry.replace(/^!/, '')))
    .sort(
      (a, b) => digitsIn(b) - digitsIn(a) || Number(b.startsWith('!')) - Number(a.startsWith('!')),
    );
  return fitting[0] !== undefined && !fitting[0].startsWith('!');
}

const digitsIn = (entry: string): number => entry.replace(/\D/g, '').length;

function allowsAddress(allowed: readonly string[], uri: string): boolean {
  const host = SIP_ADDRESS.exec(uri)?.[1]?.toLowerCase();
  return host !== undefined && allowed.some((entry) => entry.toLowerCase() === `sip:${host}`);
}
