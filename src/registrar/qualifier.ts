import type { Clock, Timer } from '../lib/clock.ts';
import { type PhoneBinding, placeOf } from './bindings.ts';

/** What came of asking a phone. `unknown`: it was our own fault, and says nothing of the phone. */
export type Sign = 'answers' | 'silent' | 'unknown';

export interface QualifierOptions {
  readonly clock: Clock;
  /** How often a phone is asked. */
  readonly everyMs: number;
  /** 0 to 1. */
  random(): number;
  /** Sends OPTIONS; never rejects, and is over within seconds. */
  ask(binding: PhoneBinding): Promise<Sign>;
  /** It answers no more, or again. */
  verdict(binding: PhoneBinding, silent: boolean): void;
}

export interface Qualifier {
  /** The extension's bindings from now on. */
  watch(extension: string, bindings: readonly PhoneBinding[]): void;
  /** A call has found nobody there: its phones are asked now. */
  suspect(extension: string): void;
  close(): void;
}

/** Each is a whole OPTIONS, sent again for seconds (RFC 3261 timer E): one lost datagram is no failure. */
const FAILURES_TO_SILENT = 2;
const AGAIN_MS = 1_000;
/** Beyond it, phones have to wait for their turn: an office that went dark must not fill the transactions. */
const ASKING_MAX = 200;
/** Of the time between two questions: phones that came at once are not asked at once for ever. */
const JITTER = 0.2;

interface Phone {
  binding: PhoneBinding;
  failures: number;
  /** One that has never answered may be one that answers no OPTIONS: it is believed. */
  hasAnswered: boolean;
  isBeingAsked: boolean;
  timer: Timer | undefined;
}

/**
 * Asks every phone by OPTIONS whether it is still there, so that the path of one that died, or whose router has
 * forgotten it, is known before a caller waits for it; the same OPTIONS keeps a router from forgetting.
 *
 *   believed ──2 failures in a row, after it has answered once──▶ silent ──answers, registers──▶ believed
 */
export function createQualifier(options: QualifierOptions): Qualifier {
  const { clock, everyMs, random, ask, verdict } = options;
  const phones = new Map<string, Map<string, Phone>>();
  let asking = 0;

  function watch(extension: string, bindings: readonly PhoneBinding[]): void {
    const before = phones.get(extension) ?? new Map<string, Phone>();
    const now = new Map(bindings.map((one) => [placeOf(one), kept(before.get(placeOf(one)), one)]));
    for (const [place, phone] of before) if (!now.has(place)) phone.timer?.cancel();
    if (now.size > 0) phones.set(extension, now);
    else phones.delete(extension);
  }

  function kept(known: Phone | undefined, binding: PhoneBinding): Phone {
    if (known) {
      // A REGISTER is a sign of life.
      if (binding !== known.binding && !binding.silent) known.failures = 0;
      known.binding = binding;
      return known;
    }
    const hasAnswered = binding.restored === true;
    const phone = { binding, failures: 0, hasAnswered, isBeingAsked: false, timer: undefined };
    // One that has just registered is asked at once whether it answers at all: it may die in its first minute.
    if (hasAnswered) later(phone, everyMs * random());
    else later(phone, 0);
    return phone;
  }

  function later(phone: Phone, delayMs: number): void {
    phone.timer?.cancel();
    phone.timer = clock.after(delayMs, () => void question(phone));
  }

  async function question(phone: Phone): Promise<void> {
    if (phone.isBeingAsked) return;
    if (asking >= ASKING_MAX) return later(phone, AGAIN_MS);
    const asked = phone.binding;
    asking += 1;
    phone.isBeingAsked = true;
    const sign = await ask(asked);
    phone.isBeingAsked = false;
    asking -= 1;
    if (!isWatched(phone)) return;
    // Another binding of the same phone since: what was asked is not where it is now.
    if (phone.binding.receivedFrom === asked.receivedFrom) judge(phone, sign);
    const isDoubtful = phone.failures > 0 && !phone.binding.silent;
    later(phone, isDoubtful ? AGAIN_MS : everyMs * (1 - JITTER / 2 + JITTER * random()));
  }

  function judge(phone: Phone, sign: Sign): void {
    if (sign === 'unknown') return;
    phone.failures = sign === 'answers' ? 0 : phone.failures + 1;
    if (sign === 'answers') phone.hasAnswered = true;
    const isSilent = phone.hasAnswered && phone.failures >= FAILURES_TO_SILENT;
    if (isSilent !== Boolean(phone.binding.silent) && (isSilent || sign === 'answers'))
      verdict(phone.binding, isSilent);
  }

  const isWatched = (phone: Phone): boolean =>
    phones.get(phone.binding.extension)?.get(placeOf(phone.binding)) === phone;

  return {
    watch,
    suspect(extension) {
      for (const phone of phones.get(extension)?.values() ?? []) later(phone, 0);
    },
    close() {
      for (const places of phones.values())
        for (const { timer } of places.values()) timer?.cancel();
      phones.clear();
    },
  };
}
