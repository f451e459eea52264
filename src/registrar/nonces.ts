import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock, EpochMs } from '../lib/clock.ts';

export interface Nonces {
  /** A nonce for this source address. Nothing is remembered of it: it carries its own proof. */
  issue(source: string): string;
  /** Whether it is ours, was given to this source, is young enough, and has not seen this count yet. */
  isFresh(nonce: string, source: string, count: number): boolean;
  /** Remembers the count of an answer that was right. False: the same or a later one was faster. */
  spend(nonce: string, count: number): boolean;
}

const TIME_BYTES = 6;
const SALT_BYTES = 6;
const MAC_BYTES = 16;
const BODY_BYTES = TIME_BYTES + SALT_BYTES;

export interface NonceOptions {
  readonly clock: Clock;
  readonly ttlMs?: number;
  /** How many nonces in use are remembered. */
  readonly trackedMax?: number;
  /** 32 random bytes, made anew at each start: nonces of an earlier life are stale, and phones try again. */
  readonly secret?: Buffer;
}

/**
 * Nonces as RFC 7616 section 5.4 wants them: a time, a salt and a keyed digest over both and the source's address.
 * An attacker elsewhere can neither make one nor use one. Only counts of *right* answers are remembered, so that
 * nobody without a password can fill the memory.
 */
export function createNonces({
  clock,
  ttlMs = 300_000,
  trackedMax = 20_000,
  secret = randomBytes(32),
}: NonceOptions): Nonces {
  /** The highest count seen of each nonce in use, oldest nonce first seen first. */
  const counts = new Map<string, { readonly issuedAt: EpochMs; readonly count: number }>();
  // A nonce that had to be forgotten must not be taken for a new one: all as old as it are stale from then on.
  let oldestAllowed: EpochMs = 0;

  const mac = (body: Buffer, source: string): Buffer =>
    createHmac('sha256', secret).update(body).update(source).digest().subarray(0, MAC_BYTES);

  function issue(source: string): string {
    const body = Buffer.concat([Buffer.alloc(TIME_BYTES), randomBytes(SALT_BYTES)]);
    body.writeUIntBE(clock.now(), 0, TIME_BYTES);
    return Buffer.concat([body, mac(body, source)]).toString('base64url');
  }

  function isFresh(nonce: string, source: string, count: number): boolean {
    const bytes = Buffer.from(nonce, 'base64url');
    // Comparing the text as well: base64 that is decoded leniently has several spellings of the same bytes.
    if (bytes.length !== BODY_BYTES + MAC_BYTES || bytes.toString('base64url') !== nonce)
      return false;
    const body = bytes.subarray(0, BODY_BYTES);
    if (!timingSafeEqual(bytes.subarray(BODY_BYTES), mac(body, source))) return false;
    const issuedAt = issuedAtOf(bytes);
    const isYoung = issuedAt > oldestAllowed && clock.now() - issuedAt < ttlMs;
    return isYoung && count > (counts.get(nonce)?.count ?? 0);
  }

  function spend(nonce: string, count: number): boolean {
    if (count <= (counts.get(nonce)?.count ?? 0)) return false;
    const issuedAt = issuedAtOf(Buffer.from(nonce, 'base64url'));
    if (issuedAt <= oldestAllowed) return false;
    counts.set(nonce, { issuedAt, count });
    forgetOld();
    return true;
  }

  function forgetOld(): void {
    const expired = clock.now() - ttlMs;
    for (const [nonce, { issuedAt }] of counts) {
      if (issuedAt > expired && counts.size <= trackedMax) break;
      counts.delete(nonce);
      if (issuedAt > expired) oldestAllowed = Math.max(oldestAllowed, issuedAt);
    }
  }

  return { issue, isFresh, spend };
}

const issuedAtOf = (bytes: Buffer): EpochMs => bytes.readUIntBE(0, TIME_BYTES);
