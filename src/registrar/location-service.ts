import type { Clock, EpochMs, Timer } from '../lib/clock.ts';
import type { Binding, BindingLookup } from '../runtime/ports.ts';
import { alive, type PhoneBinding } from './bindings.ts';

/** RFC 3261 calls the memory of bindings the location service (section 10.1). */
export interface LocationService extends BindingLookup {
  /** The extension's bindings from now on. */
  put(extension: string, bindings: readonly PhoneBinding[]): void;
  bindingsOf(extension: string): readonly PhoneBinding[];
  /** Whether any binding came from that address, and is still there. */
  hasPhoneAt(address: string): boolean;
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

  const bindingsOf = (extension: string): readonly PhoneBinding[] =>
    alive(locations.get(extension) ?? [], clock.now());

  function put(extension: string, bindings: readonly PhoneBinding[]): void {
    const wasReachable = locations.has(extension);
    if (bindings.length > 0) locations.set(extension, bindings);
    else locations.delete(extension);
    for (const { expiresAt } of bindings) wakeAt(expiresAt);
    listener.changed(extension);
    if (wasReachable !== bindings.length > 0) listener.reachable(extension, bindings.length > 0);
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

  function hasPhoneAt(address: string): boolean {
    const host = address.includes(':') ? `[${address}]:` : `${address}:`;
    const now = clock.now();
    for (const bindings of locations.values())
      if (bindings.some((one) => one.expiresAt > now && one.receivedFrom.startsWith(host)))
        return true;
    return false;
  }

  return { bindingsOf, put, hasPhoneAt, close: () => timer?.handle.cancel() };
}

/** What a store brought back, by extension, without what has expired meanwhile. */
export function byExtension(
  bindings: readonly Binding[],
  now: EpochMs,
): ReadonlyMap<string, readonly Binding[]> {
  const grouped = new Map<string, Binding[]>();
  for (const binding of alive(bindings, now))
    grouped.set(binding.extension, [...(grouped.get(binding.extension) ?? []), binding]);
  return grouped;
}
