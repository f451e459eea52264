import type Srf from 'drachtio-srf';
import { SESSION_SECONDS_MIN } from './session-keeper.ts';

const headerOf = (req: Srf.SrfRequest, name: string): string =>
  req.has(name) ? req.get(name) : '';

/** Whoever knows nothing of session timers cannot ask again: the header is a proxy's then. */
const knowsTimers = (req: Srf.SrfRequest): boolean =>
  /\btimer\b/i.test(`${headerOf(req, 'Supported')},${headerOf(req, 'Require')}`);

const secondsOf = (req: Srf.SrfRequest): number | undefined => {
  const seconds = /^\s*(\d{1,9})/.exec(headerOf(req, 'Session-Expires'))?.[1];
  return seconds === undefined ? undefined : Number(seconds);
};

/** It wants to be asked more often than anybody may; only whoever can ask again is told so (RFC 4028 section 9). */
export const asksTooOften = (req: Srf.SrfRequest): boolean =>
  knowsTimers(req) && (secondsOf(req) ?? SESSION_SECONDS_MIN) < SESSION_SECONDS_MIN;

/**
 * What the 200 to a re-INVITE or UPDATE says of the time that it has brought (RFC 4028 section 9). The far end refreshes,
 * as it has just done, unless it wants us to or knows nothing of it; the switch does that, and counts the time.
 */
export function sessionAnswer(req: Srf.SrfRequest): Record<string, string> {
  const seconds = secondsOf(req);
  if (seconds === undefined) return {};
  const theirs =
    knowsTimers(req) && !/;\s*refresher\s*=\s*uas/i.test(headerOf(req, 'Session-Expires'));
  return {
    'Session-Expires': `${Math.max(seconds, SESSION_SECONDS_MIN)};refresher=${theirs ? 'uac' : 'uas'}`,
    ...(theirs ? { Require: 'timer' } : {}),
  };
}
