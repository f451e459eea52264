import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import type { Route } from './branch.ts';
import { requestWithin } from './request-within.ts';
import type { SipFailure } from './sip-failure.ts';

/** `unknown`: nothing could be sent, which says nothing of the far end. */
export type SignOfLife = 'answers' | 'silent' | 'unknown';

const OPTIONS_MS_MAX = 4_000;
const SILENT = new Set([408, 430, 503]);

/**
 * Whether somebody answers OPTIONS there (RFC 3261 section 11). Whoever answers is there, whatever the answer; 408 and
 * 503 are what drachtio says in the name of one that does not, 430 a proxy whose connection to it is gone (RFC 5626).
 */
export async function signOfLife(
  { uri, proxy }: Route,
  { srf, clock, isUp }: { readonly srf: Srf; readonly clock: Clock; isUp(): boolean },
): Promise<SignOfLife> {
  if (!isUp()) return 'unknown';
  // By itself drachtio would repeat the headers of the URI in To.
  const headers = { To: `<${uri.split('?', 1)[0]}>` };
  const request = { method: 'OPTIONS', headers, ...(proxy ? { proxy } : {}) };
  try {
    const { status } = await requestWithin(OPTIONS_MS_MAX, clock, srf, uri, request);
    return SILENT.has(status) ? 'silent' : 'answers';
  } catch (error) {
    // The connection to drachtio may have gone meanwhile, and the answer with it.
    return (error as SipFailure).status === 408 && isUp() ? 'silent' : 'unknown';
  }
}
