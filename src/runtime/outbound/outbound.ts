import type { Clock, EpochMs } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { DialFailure } from '../../model/callback.ts';
import {
  type DestinationRule,
  DIALLING_DEFAULTS,
  type DiallingRules,
  ruleOf,
} from '../../model/trunk.ts';
import type { Inbox } from '../inbox.ts';
import type {
  Destination,
  DialEvents,
  Dialling,
  DialRequest,
  Meters,
  Telephony,
} from '../ports/index.ts';
import { ruleFor } from './dialling.ts';

/** What may be called, as the environment says it. */
export interface OutboundRules extends Pick<DiallingRules, 'callsMax' | 'callsPerHourMax'> {
  /**
   * Beginnings of E.164 numbers (`+34`), and hosts of SIP addresses (`sip:example.com`). One with `!` before it is
   * refused; the longest that fits a number decides.
   */
  readonly allowed: readonly string[];
}

export const rulesOf = ({ allowed, ...limits }: OutboundRules): DiallingRules => ({
  ...DIALLING_DEFAULTS,
  ...limits,
  destinations: allowed.map(ruleOf),
});

/** What it takes to call somebody. */
export interface OutboundWorld {
  readonly clock: Clock;
  readonly log: Logger;
  readonly inbox: Inbox;
  readonly telephony: Telephony;
  readonly meters?: Meters;
}

/** Why a call of ours is placed; for the books. */
export type Purpose = 'callback' | 'transfer' | 'agent' | 'supervision';

export type Refused = Extract<DialFailure, 'notAllowed' | 'limit' | 'noTrunk'>;

const HOUR_MS = 3_600_000;

/** How many calls there are, and when those of the last hour began; as many as are allowed at most. */
class Allowance {
  inProgress = 0;
  #attempts: EpochMs[] = [];

  hasRoom(now: EpochMs, callsMax = Infinity, callsPerHourMax = Infinity): boolean {
    this.#attempts = this.#attempts.filter((at) => at > now - HOUR_MS);
    return this.inProgress < callsMax && this.#attempts.length < callsPerHourMax;
  }

  begin(now: EpochMs): void {
    this.inProgress += 1;
    this.#attempts.push(now);
  }
}

/**
 * The one door by which calls leave the house: what is not allowed is refused, counted and said; how many there are
 * at once and in an hour has a limit. Phones of the house are no outside destination.
 */
export class Outbound {
  readonly #world: OutboundWorld;
  readonly #total = new Allowance();
  /** By destination; those of rules that are gone end with their calls. */
  #each = new Map<string, Allowance>();
  #rules: DiallingRules | undefined;

  constructor(world: OutboundWorld) {
    this.#world = world;
  }

  /** What holds from now on; undefined: there is no trunk. Calls in progress go on, and count. */
  configure(rules: DiallingRules | undefined): void {
    this.#rules = rules;
    const named = new Set(rules?.destinations.map(({ to }) => to));
    this.#each = new Map([...this.#each].filter(([to]) => named.has(to)));
  }

  get inProgress(): number {
    return this.#total.inProgress;
  }

  /** Whether there is anybody at all whom the house may call. */
  get canDial(): boolean {
    return canDial(this.#rules);
  }

  /** Whether the destination is allowed at all, at whatever time. */
  allows(to: Destination): boolean {
    if (to.kind === 'extension') return true;
    const rules = this.#rules;
    return rules !== undefined && !rules.blocked && ruleFor(rules, to)?.allow === true;
  }

  /** Whether it is outside, where a machine may pick up: a customer who is passed on there waits for a key. */
  asksForKey(to: Destination): boolean {
    if (to.kind === 'extension') return false;
    return !this.#rules || ruleFor(this.#rules, to)?.accept !== false;
  }

  /** Counted and said, like one that would have been dialled. */
  refused(purpose: Purpose, callId: string, to: unknown): void {
    const { log, meters } = this.#world;
    log.warn({ callId, purpose, cause: 'notAllowed', pii: to }, 'Not dialled');
    meters?.dialled(purpose, 'notAllowed');
  }

  /** Places the call, or tells `failed` why not. Events come as inputs of their own. */
  dial(purpose: Purpose, request: DialRequest, events: DialEvents): Dialling {
    const { inbox, telephony, log, meters, clock } = this.#world;
    const { to } = request;
    const outside = to.kind === 'extension' ? undefined : to;
    const refused = outside && this.#refusal(outside);
    const begun = outside && !refused ? this.#allowancesOf(outside) : [];
    const call = new Placed(inbox, events, (result) => {
      if (outside) meters?.dialled(purpose, result);
      for (const allowance of begun) allowance.inProgress -= 1;
    });
    if (refused) {
      log.warn({ callId: request.callId, purpose, cause: refused, pii: request.to }, 'Not dialled');
      call.failed(refused);
      return call;
    }
    for (const allowance of begun) allowance.begin(clock.now());
    call.follow(telephony.dial(request, call));
    return call;
  }

  #refusal(to: Outside): Refused | undefined {
    const rules = this.#rules;
    if (!rules) return 'noTrunk';
    const rule = this.allows(to) ? ruleFor(rules, to) : undefined;
    if (!rule) return 'notAllowed';
    const now = this.#world.clock.now();
    const fits =
      this.#total.hasRoom(now, rules.callsMax, rules.callsPerHourMax) &&
      this.#of(rule).hasRoom(now, rule.callsMax, rule.callsPerHourMax);
    return fits ? undefined : 'limit';
  }

  #allowancesOf(to: Outside): readonly Allowance[] {
    const rule = this.#rules && ruleFor(this.#rules, to);
    return rule ? [this.#total, this.#of(rule)] : [this.#total];
  }

  #of({ to }: DestinationRule): Allowance {
    const found = this.#each.get(to) ?? new Allowance();
    this.#each.set(to, found);
    return found;
  }
}

type Outside = Exclude<Destination, { kind: 'extension' }>;

/** Whether there is anything outside that may be called. */
export const canDial = (rules: DiallingRules | undefined): boolean =>
  rules?.destinations.some(({ allow }) => allow) ?? false;

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
