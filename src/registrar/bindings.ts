import type { EpochMs } from '../lib/clock.ts';
import type { Binding } from '../runtime/ports/index.ts';
import type { ContactEntry } from './contact-header.ts';
import { parseSipUri, REQUEST_URI_LENGTH_MAX, routeOf, uriKey } from './sip-uri.ts';

/** A binding, and what is known of it until the next restart: which phone made it (RFC 5626 section 4.1), and how it does. */
export interface PhoneBinding extends Binding {
  readonly instance?: string;
  /** It has stopped to answer, and is not called until it does again, or registers. */
  readonly silent?: boolean;
  /** Read from the store: it was made in an earlier life. */
  readonly restored?: boolean;
}

export interface BindingLimits {
  readonly expiresSecondsMin: number;
  readonly expiresSecondsMax: number;
  readonly expiresSecondsDefault: number;
  readonly perExtensionMax: number;
}

export const BINDING_LIMITS: BindingLimits = {
  expiresSecondsMin: 30,
  expiresSecondsMax: 3_600,
  expiresSecondsDefault: 300,
  perExtensionMax: 8,
};

/** An authenticated REGISTER, as far as bindings are concerned. */
export interface Registration {
  readonly extension: string;
  readonly callId: string;
  readonly cseq: number;
  /** No entries: a query. */
  readonly contacts: readonly ContactEntry[] | '*';
  /** The Expires header, absent or unreadable: undefined. */
  readonly expiresSeconds: number | undefined;
  readonly receivedFrom: string;
  readonly transport: Binding['transport'];
  readonly userAgent: string;
  /** Proxies that it came through (RFC 3327). */
  readonly path?: readonly string[];
  /** The phone can hold connections open to be reached over them (RFC 5626). */
  readonly supportsOutbound?: boolean;
}

export type RegistrationOutcome =
  | {
      readonly kind: 'done';
      readonly bindings: readonly PhoneBinding[];
      /** The phone has asked for it, and will be reached over this connection. */
      readonly outbound?: boolean;
    }
  /** The proxy next to the phone keeps no connections: the phone asks again without (RFC 5626 section 6). */
  | { readonly kind: 'noOutbound' }
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'tooBrief'; readonly expiresSecondsMin: number }
  /** A request that was overtaken by a later one of the same call. */
  | { readonly kind: 'outOfOrder' };

/** What is still there at this moment, best first: by q, then the latest registered. */
export function alive<B extends Binding>(bindings: readonly B[], now: EpochMs): readonly B[] {
  return bindings
    .filter((binding) => binding.expiresAt > now)
    .sort((a, b) => b.q - a.q || b.expiresAt - a.expiresAt);
}

/**
 * Steps 6 to 8 of RFC 3261 section 10.3: all of the request, or nothing of it. `bindings` are the extension's,
 * expired ones included.
 */
export function applyRegistration(
  bindings: readonly PhoneBinding[],
  request: Registration,
  now: EpochMs,
  limits: BindingLimits = BINDING_LIMITS,
): RegistrationOutcome {
  const current = alive(bindings, now);
  if (request.contacts === '*') return removeAll(current, request);
  if (request.contacts.length > limits.perExtensionMax) return bad('too many contacts');
  let result: readonly PhoneBinding[] = current;
  let outbound = false;
  for (const entry of request.contacts) {
    const made = bindingOf(entry, request, now, limits);
    if ('kind' in made) return made;
    if (wasOvertaken(current, made, request)) return { kind: 'outOfOrder' };
    outbound ||= made.flow !== undefined;
    const others = result.filter((other) => !isSamePlace(other, made));
    result = made.expiresAt > now ? [...others, made] : others;
  }
  const kept = dropOldest(result, limits.perExtensionMax, now);
  return { kind: 'done', bindings: kept, ...(outbound ? { outbound } : {}) };
}

const bad = (reason: string): RegistrationOutcome => ({ kind: 'bad', reason });

/** `Contact: *` is valid with `Expires: 0` only, and respects the order of one call's requests (step 6). */
function removeAll(current: readonly PhoneBinding[], request: Registration): RegistrationOutcome {
  if (request.expiresSeconds !== 0) return bad('* without Expires: 0');
  const isOld = current.some(
    (binding) => binding.callId === request.callId && binding.cseq >= request.cseq,
  );
  return isOld ? { kind: 'outOfOrder' } : { kind: 'done', bindings: [] };
}

function bindingOf(
  entry: ContactEntry,
  request: Registration,
  now: EpochMs,
  limits: BindingLimits,
): PhoneBinding | RegistrationOutcome {
  if (!parseSipUri(entry.uri)) return bad('a contact that is no SIP URI');
  const q = readQ(entry.params.q);
  if (q === undefined) return bad('a q that is not 0 to 1');
  const asked =
    readSeconds(entry.params.expires) ?? request.expiresSeconds ?? limits.expiresSecondsDefault;
  if (asked > 0 && asked < limits.expiresSecondsMin)
    return { kind: 'tooBrief', expiresSecondsMin: limits.expiresSecondsMin };
  const { extension, callId, cseq, receivedFrom, transport, userAgent } = request;
  const expiresAt = now + Math.min(asked, limits.expiresSecondsMax) * 1000;
  const instance = entry.params['+sip.instance'];
  const { path = [] } = request;
  const flow = flowOf(entry, request);
  if (flow === 'noOutbound') return { kind: 'noOutbound' };
  const binding: PhoneBinding = {
    extension,
    contactUri: entry.uri,
    receivedFrom,
    transport,
    callId,
    cseq,
    userAgent,
    q,
    expiresAt,
    ...(instance ? { instance: `${instance} ${entry.params['reg-id'] ?? ''}` } : {}),
    ...(path.length > 0 ? { path } : {}),
    ...(flow ? { flow } : {}),
  };
  const isLong = routeOf(binding).uri.length > REQUEST_URI_LENGTH_MAX;
  return isLong ? bad('a contact, with its path, that is too long') : binding;
}

/**
 * RFC 5626 section 6. A connection can be kept where there is one: by TCP and TLS; by UDP, which would want STUN, the phone
 * is one like any other. Behind proxies it is kept by the one next to the phone, which says so (`ob`) and knows it by its
 * own entry of the path.
 */
function flowOf(
  { params }: ContactEntry,
  { path = [], transport, supportsOutbound }: Registration,
): Binding['flow'] | 'noOutbound' {
  const phone = params['+sip.instance'];
  const id = /^[1-9]\d{0,8}$/.exec(params['reg-id'] ?? '')?.[0];
  if (!supportsOutbound || !phone || id === undefined) return undefined;
  const edge = path.at(-1);
  if (edge !== undefined && parseSipUri(edge)?.params.ob === undefined) return 'noOutbound';
  return edge === undefined && transport === 'udp' ? undefined : { phone, id: Number(id) };
}

/** A delta-seconds (section 20.19). Undefined: absent or malformed, which counts as absent (section 10.2.1.1). */
export function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Math.min(Number(text), 2 ** 32 - 1);
}

/** Absent is 1 here: a phone that says nothing is as good as the next one. */
function readQ(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
}

/**
 * The same URI, or the same phone after a restart: without the second, a phone behind NAT would ring in several
 * places until the old ones expire.
 */
function isSamePlace(a: PhoneBinding, b: PhoneBinding): boolean {
  if (a.instance !== undefined && a.instance === b.instance) return true;
  return placeOf(a) === placeOf(b);
}

/**
 * The same for all URIs that are equal (RFC 3261 section 19.1.4). Connections of one phone may have one URI: what tells
 * them apart are their numbers (RFC 5626 section 4.2.1).
 */
export function placeOf(binding: Binding): string {
  if (binding.flow) return `${binding.flow.phone} ${binding.flow.id}`;
  const uri = parseSipUri(binding.contactUri);
  return uri ? uriKey(uri) : binding.contactUri;
}

/**
 * Whether a phone has been started anew: until then it has one Call-ID for all it registers (section 10.2.4). Some have
 * another Contact each time: what registers from the address of an old one is that one, or in its place; or, by a new
 * connection, what listens where an old one from the same host did.
 */
export function isReborn(before: readonly PhoneBinding[], now: readonly PhoneBinding[]): boolean {
  const known = new Set(before.map(({ callId }) => callId));
  return now.some(
    (one) =>
      !known.has(one.callId) &&
      before.some(
        (old) =>
          isSamePlace(old, one) ||
          old.receivedFrom === one.receivedFrom ||
          listensAt(old) === listensAt(one),
      ),
  );
}

/** Where the phone waits for calls, as it says, and from which host it says so: two behind one router differ. */
function listensAt({ contactUri, receivedFrom }: PhoneBinding): string {
  const { host = contactUri, port } = parseSipUri(contactUri) ?? {};
  return `${receivedFrom.replace(/:\d+$/, '')} ${host}:${port}`;
}

/** Step 7: of one call's requests, one that is not later than what made the binding must not change it. */
function wasOvertaken(
  current: readonly PhoneBinding[],
  made: PhoneBinding,
  { callId, cseq }: Registration,
): boolean {
  const key = placeOf(made);
  return current.some(
    (binding) => placeOf(binding) === key && binding.callId === callId && binding.cseq >= cseq,
  );
}

/** Too many: those that expire soonest give way, so that a phone with a new port at each start never locks its owner out. */
function dropOldest(
  bindings: readonly PhoneBinding[],
  max: number,
  now: EpochMs,
): readonly PhoneBinding[] {
  const kept = new Set([...bindings].sort((a, b) => b.expiresAt - a.expiresAt).slice(0, max));
  return alive(
    bindings.filter((binding) => kept.has(binding)),
    now,
  );
}
