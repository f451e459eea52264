import type { Clock, EpochMs, Timer } from '../lib/clock.ts';
import type { Binding, BindingLookup } from '../runtime/ports/index.ts';
import { alive, type PhoneBinding, placeOf } from './bindings.ts';

/** RFC 3261 calls the memory of bindings the location service (section 10.1). */
export interface LocationService extends BindingLookup {
  /** The extension's bindings from now on. */
  put(extension: string, bindings: readonly PhoneBinding[]): void;
  /** Those that can be called now. */
  bindingsOf(extension: string): readonly PhoneBinding[];
  /** Those, and those that have fallen silent. */
  allOf(extension: string): readonly PhoneBinding[];
  /** It answers no more, or again. */
  mark(binding: PhoneBinding, silent: boolean): void;
  /** Whether a phone is registered from that address, and could be the one of that name: {@link couldBe}. */
  hasPhoneAt(address: string, name?: string): boolean;
  close(): void;
}

export interface LocationListener {
  /** An extension's bindings have changed, also by expiry. */
  changed(extension: string): void;
  reachable(extension: string, reachable: boolean): void;
}

/** Expiry is looked at no more often than this, whatever the phones have asked for. */
const SWEEP_MS_MIN = 250;

/** All bindings in memory: the truth for routing. One timer stands at the earliest expiry. */
export function createLocationService(clock: Clock, listener: LocationListener): LocationService {
  const locations = new Map<string, readonly PhoneBinding[]>();
  let timer: { readonly handle: Timer; readonly at: EpochMs } | undefined;

  const allOf = (extension: string): readonly PhoneBinding[] =>
    alive(locations.get(extension) ?? [], clock.now());

  const bindingsOf = (extension: string): readonly PhoneBinding[] =>
    allOf(extension).filter(({ silent }) => !silent);

  function put(extension: string, bindings: readonly PhoneBinding[]): void {
    const tell = hold(extension, bindings);
    listener.changed(extension);
    tell();
  }

  function mark({ extension, ...marked }: PhoneBinding, silent: boolean): void {
    const bindings = locations.get(extension) ?? [];
    const place = placeOf({ extension, ...marked });
    hold(
      extension,
      bindings.map((one) => (placeOf(one) === place ? { ...one, silent } : one)),
    )();
  }

  /** Keeps them; what it returns tells whether the extension can be reached, if that is news. */
  function hold(extension: string, bindings: readonly PhoneBinding[]): () => void {
    // What has expired a moment ago, and was not swept away yet, is not news twice.
    const isThere = (): boolean => (locations.get(extension) ?? []).some(({ silent }) => !silent);
    const wasThere = isThere();
    if (bindings.length > 0) locations.set(extension, bindings);
    else locations.delete(extension);
    for (const { expiresAt } of bindings) wakeAt(expiresAt);
    return () => {
      if (isThere() !== wasThere) listener.reachable(extension, !wasThere);
    };
  }

  function wakeAt(at: EpochMs): void {
    if (timer && timer.at <= at) return;
    timer?.handle.cancel();
    timer = { at, handle: clock.after(Math.max(at - clock.now(), SWEEP_MS_MIN), sweep) };
  }

  function sweep(): void {
    timer = undefined;
    const now = clock.now();
    for (const [extension, bindings] of locations) {
      const left = alive(bindings, now);
      if (left.length < bindings.length) put(extension, left);
      else for (const { expiresAt } of left) wakeAt(expiresAt);
    }
  }

  function hasPhoneAt(address: string, name?: string): boolean {
    const host = address.includes(':') ? `[${address}]:` : `${address}:`;
    const now = clock.now();
    const comesFrom = (one: PhoneBinding): boolean =>
      one.expiresAt > now && one.receivedFrom.startsWith(host);
    for (const [extension, bindings] of locations)
      if (couldBe(extension, name) && bindings.some(comesFrom)) return true;
    return false;
  }

  return { bindingsOf, allOf, put, mark, hasPhoneAt, close: () => timer?.handle.cancel() };
}

/** What a store brought back, by extension, without what has expired meanwhile. */
export function byExtension(
  bindings: readonly Binding[],
  now: EpochMs,
): ReadonlyMap<string, readonly PhoneBinding[]> {
  const grouped = new Map<string, PhoneBinding[]>();
  for (const binding of alive(bindings, now)) {
    const others = grouped.get(binding.extension) ?? [];
    grouped.set(binding.extension, [...others, { ...binding, restored: true }]);
  }
  return grouped;
}

/** By its form alone: who tries one number after the other is not told by the answer which of them there are. */
const couldBe = (extension: string, name = extension): boolean =>
  name.length === extension.length && /^\d+$/.test(name);
