import type { Secret } from '../lib/secret.ts';
import type { TrunkId } from './ids.ts';

/** Which number is shown to those who are called by the trunk. */
export interface CallerIdRules {
  /** Shown when no rule says otherwise; absent: `anonymous`. */
  readonly show?: string;
  /** Numbers of the company that it may show as well: the one that the customer had called, for instance. */
  readonly own: readonly string[];
  /** By the beginning of the number that is called; the longest decides. `withheld`: RFC 3323. */
  readonly rules: readonly { readonly to: string; readonly show: string }[];
  /** Whether a customer's own number may be shown to people outside who help them: the provider has to allow it. */
  readonly passesOn: boolean;
}

/** Word for a caller ID that is not shown. */
export const WITHHELD = 'withheld';

/** A way to the telephone network (P8). Its password is a secret of its own. */
export interface TrunkConfig {
  readonly id: TrunkId;
  readonly name: string;
  readonly enabled: boolean;
  /** Where calls are sent: `sip:host:port;transport=udp`. */
  readonly uri: string;
  /** For the digest that it asks for, and for the registration; absent: it knows us by our address. */
  readonly username?: string;
  /** Registers there as `username`, so that it knows where we are. 0: it does not have to be told. */
  readonly registerSeconds: number;
  /** Addresses and networks that its calls come from, and the host of `uri` if that is none of them. */
  readonly sources: readonly string[];
  /** Of our trust domain (RFC 3325): its assertions are believed, and it is told who calls whatever is shown. */
  readonly trusted: boolean;
  /** The lowest is tried first. */
  readonly priority: number;
  /** Its share among those of one priority; 0: only if the others fail. */
  readonly weight: number;
  /** Beginnings of the numbers that it is for; empty: all. */
  readonly serves: readonly string[];
  /** How many calls at once, in, out and together; absent: as many as there are. */
  readonly callsInMax?: number;
  readonly callsOutMax?: number;
  readonly callsMax?: number;
  /** How often it is asked whether it is there (OPTIONS); 0: never. */
  readonly optionsSeconds: number;
  /** A trunk that has said nothing to an INVITE by then is dead. */
  readonly responseSeconds: number;
  readonly callerId: CallerIdRules;
}

/** A trunk as whoever calls by it needs it. */
export interface TrunkWithSecret extends TrunkConfig {
  readonly password?: Secret;
}

export const TRUNK_DEFAULTS = {
  enabled: true,
  registerSeconds: 0,
  sources: [],
  trusted: false,
  priority: 10,
  weight: 1,
  serves: [],
  optionsSeconds: 30,
  responseSeconds: 5,
  callerId: { own: [], rules: [], passesOn: false },
} as const satisfies Partial<TrunkConfig>;

/** What a rule says of the calls to some destination. */
export interface DestinationRule {
  /** The beginning of an E.164 number (`+34`), a country (`ES`), or a host of SIP addresses (`sip:example.com`). */
  readonly to: string;
  readonly allow: boolean;
  /** At once, and begun in any 60 minutes; absent: the house's limits alone. */
  readonly callsMax?: number;
  readonly callsPerHourMax?: number;
  /** False: a switchboard, say, which presses no keys. Absent: a customer who is passed on there waits for one (P3). */
  readonly accept?: boolean;
}

/** What may be called. Without a rule that allows something, nothing ever is. */
export interface DiallingRules {
  /** The most exact that fits a number decides. */
  readonly destinations: readonly DestinationRule[];
  /** So many calls outside at once. */
  readonly callsMax: number;
  /** So many attempts in any 60 minutes: what a stolen password can cost. */
  readonly callsPerHourMax: number;
  /** Nobody is called any more, whatever the rules say: for when something is wrong. */
  readonly blocked: boolean;
}

export const DIALLING_DEFAULTS: DiallingRules = {
  destinations: [],
  callsMax: 10,
  callsPerHourMax: 200,
  blocked: false,
};

/** `!+34803` and the like, as the environment writes rules. */
export function ruleOf(text: string): DestinationRule {
  return text.startsWith('!') ? { to: text.slice(1), allow: false } : { to: text, allow: true };
}

export type TrunkHealth = 'unknown' | 'up' | 'down';

/** How a trunk is at the moment. */
export interface TrunkState {
  readonly id: TrunkId;
  readonly name: string;
  readonly enabled: boolean;
  /** By OPTIONS and by calls. */
  readonly health: TrunkHealth;
  /** Since when, in epoch milliseconds. */
  readonly healthSince?: number;
  /** What was wrong last, in words. */
  readonly problem?: string;
  /** Absent: it needs none. */
  readonly registration?: {
    readonly state: 'registering' | 'registered' | 'failed';
    readonly expiresAt?: number;
    readonly problem?: string;
  };
  readonly callsIn: number;
  readonly callsOut: number;
  readonly counts: TrunkCounts;
}

/** Since the start of the process, or since the trunk was made. */
export interface TrunkCounts {
  readonly in: number;
  readonly out: number;
  readonly answered: number;
  /** The trunk itself failed: the next one was tried, or nobody was left. */
  readonly failed: number;
  /** Calls that came, or would have gone, and were one too many. */
  readonly full: number;
}
