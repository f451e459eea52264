import type Srf from 'drachtio-srf';
import { subscriberOf } from './telephone-subscriber.ts';

/** Who the trunk says is calling. */
export interface CallerIdentity {
  /** The user part, as it came; absent when the caller withholds it. */
  readonly ani?: string;
  readonly displayName?: string;
}

/**
 * The network's own assertion is believed before the From header, which the caller's phone wrote, if whoever sent it is
 * trusted (RFC 3325 section 5). A caller who asked for privacy, or whose From is anonymous, has no number (RFC 3323
 * section 4.1.1.3).
 */
export function callerIdentity(req: Srf.SrfRequest, trusted = true): CallerIdentity {
  if (/\b(id|user|full)\b/i.test(header(req, 'Privacy'))) return {};
  const asserted = (trusted && header(req, 'P-Asserted-Identity')) || header(req, 'From');
  const user = subscriberOf(userPart(asserted));
  const displayName = /^\s*"?([^"<]*?)"?\s*</.exec(asserted)?.[1];
  if (!user || /^(anonymous|restricted|unavailable)$/i.test(user)) return {};
  return { ani: decodeUser(user), ...(displayName ? { displayName } : {}) };
}

/**
 * The number that was dialled: the user part of the request URI. A provider that we registered with sends calls to
 * `account`, and says in P-Called-Party-ID (RFC 7315) or To which number it was.
 */
export function dialledNumber(req: Srf.SrfRequest, account?: string): string {
  const dialled = userOf(req.uri);
  if (account === undefined || dialled !== account) return dialled;
  return userOf(header(req, 'P-Called-Party-ID')) || userOf(header(req, 'To')) || dialled;
}

/** The user part of From: whoever the caller says to be, which is no proof. */
export const callingUser = (req: Srf.SrfRequest): string => userOf(header(req, 'From'));

/** With its parameters. What stands in the display name is no address, whatever it looks like. */
function userPart(text: string): string {
  const unquoted = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const address = /<([^>]*)/.exec(unquoted)?.[1] ?? unquoted;
  const [, scheme = '', user = '', at = ''] = /^\s*(sips?|tel):([^@>,?]+)(@?)/i.exec(address) ?? [];
  // Without a user, what follows are the parameters of an address.
  return at === '@' || /tel/i.test(scheme) ? user : (user.split(';')[0] ?? '');
}

const userOf = (text: string): string => decodeUser(userPart(text).split(/[;:]/)[0] ?? '');

/** Nobody's name and address are longer; a header of 60,000 spaces kept the expressions above busy for minutes. */
const HEADER_LENGTH_MAX = 256;

function header(req: Srf.SrfRequest, name: string): string {
  return req.has(name) ? req.get(name).slice(0, HEADER_LENGTH_MAX) : '';
}

/** Bad percent signs are nobody's number, and no reason to fail (RFC 3261 section 19.1.2). */
function decodeUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
