import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { DialFailure } from '../../model/callback.ts';
import {
  type DestinationRule,
  DIALLING_DEFAULTS,
  type DiallingRules,
  ruleOf,
} from '../../model/trunk.ts';
import type { Inbox } from '../inbox.ts';
import type { Journal } from '../journal/journal.ts';
import type {
  Destination,
  DialEvents,
  Dialling,
  DialPurpose,
  DialRequest,
  Meters,
  Telephony,
} from '../ports/index.ts';
import { ruleFor } from './dialling.ts';
import { LastHour } from './last-hour.ts';

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
  readonly journal: Pick<Journal, 'keep' | 'drop'>;
  readonly telephony: Telephony;
  readonly meters?: Meters;
}

export type Refused = Extract<DialFailure, 'notAllowed' | 'limit' | 'noTrunk'>;

/**
 * The one door by which calls leave the house: what is not allowed is refused, counted and said; how many there are
 * at once and in an hour has a limit. Phones of the house are no outside destination.
 */
export class Outbound {
  readonly #world: OutboundWorld;
  readonly #lastHour: LastHour;
  /** Calls in progress by the rule of their destination. */
  readonly #inProgress = new Map<string, number>();
  #rules: DiallingRules | undefined;

  constructor(world: OutboundWorld) {
    this.#world = world;
    this.#lastHour = new LastHour(world.journal);
  }

  /** After a restart: what the journal has of the last hour counts. */
  restore(notes: ReadonlyMap<string, unknown>): void {
    this.#lastHour.restore(notes);
  }

  /** What holds from now on; undefined: there is no trunk. Calls in progress go on, and count. */
  configure(rules: DiallingRules | undefined): void {
    this.#rules = rules;
  }

  get inProgress(): number {
    return [...this.#inProgress.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Whether there is anybody at all whom the house may call. */
  get canDial(): boolean {
    return canDial(this.#rules);
  }

  /** Whether the destination is allowed at all, at whatever time. */
  allows(to: Destination): boolean {
    return to.kind === 'extension' || this.#ruleFor(to) !== undefined;
  }

  /** Whether it is outside, where a machine may pick up: a customer who is passed on there waits for a key. */
  asksForKey(to: Destination): boolean {
    if (to.kind === 'extension') return false;
    return !this.#rules || ruleFor(this.#rules, to)?.accept !== false;
  }

  /** Counted and said, like one that would have been dialled. */
  refused(purpose: DialPurpose, callId: string, to: unknown): void {
    const { log, meters } = this.#world;
    log.warn({ callId, purpose, cause: 'notAllowed', pii: to }, 'Not dialled');
    meters?.dialled(purpose, 'notAllowed');
  }

  /** Places the call, or tells `failed` why not. Events come as inputs of their own. */
  dial(purpose: DialPurpose, request: DialRequest, events: DialEvents): Dialling {
    const { inbox, telephony, log, meters, clock } = this.#world;
    const { to } = request;
    const outside = to.kind === 'extension' ? undefined : to;
    const rule = outside && this.#ruleFor(outside);
    const refused = outside && this.#refusal(rule);
    const call = new Placed(inbox, events, (result) => {
      if (outside) meters?.dialled(purpose, result);
      if (rule && !refused) this.#count(rule, -1);
    });
    if (refused) {
      log.warn({ callId: request.callId, purpose, cause: refused, pii: request.to }, 'Not dialled');
      call.failed(refused);
      return call;
    }
    if (rule) {
      this.#count(rule, 1);
      this.#lastHour.add(clock.now(), rule.to);
    }
    call.follow(telephony.dial(request, call));
    return call;
  }

  /** Undefined: it may not be called. */
  #ruleFor(to: Outside): DestinationRule | undefined {
    if (!this.#rules || this.#rules.blocked) return undefined;
    const rule = ruleFor(this.#rules, to);
    return rule?.allow ? rule : undefined;
  }

  #refusal(rule: DestinationRule | undefined): Refused | undefined {
    const rules = this.#rules;
    if (!rules) return 'noTrunk';
    if (!rule) return 'notAllowed';
    const now = this.#world.clock.now();
    const fits =
      this.inProgress < rules.callsMax &&
      this.#lastHour.count(now) < rules.callsPerHourMax &&
      (this.#inProgress.get(rule.to) ?? 0) < (rule.callsMax ?? Infinity) &&
      this.#lastHour.count(now, rule.to) < (rule.callsPerHourMax ?? Infinity);
    return fits ? undefined : 'limit';
  }

  #count({ to }: DestinationRule, by: 1 | -1): void {
    const count = (this.#inProgress.get(to) ?? 0) + by;
    if (count === 0) this.#inProgress.delete(to);
    else this.#inProgress.set(to, count);
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

  gone(died?: boolean): void {
    this.#end();
    this.#tell(() => this.#events.gone(died));
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
