import { randomBytes } from 'node:crypto';
import { type AuthParams, parseDigestCredentials } from './auth-header.ts';
import {
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  expectedResponse,
  ha1,
  responseWithoutQop,
} from './digest.ts';
import type { Secret } from './secret.ts';

export interface Credentials {
  readonly username: string;
  readonly password: Secret;
}

/** What of a response, or of its request, is looked at. */
export interface SipHeaders {
  has(name: string): boolean;
  get(name: string): unknown;
}

/** The request that was challenged. */
export interface Challenged {
  readonly method: string;
  readonly uri: string;
}

export type ProofHeader = 'Authorization' | 'Proxy-Authorization';

/** A challenge that can be answered. */
export interface Challenge {
  readonly answeredBy: ProofHeader;
  readonly params: AuthParams;
}

/** The challenge of a 401 or 407 that is answered: the strongest that is offered (RFC 8760 section 2.4). */
export function challengeOf(status: number, response: SipHeaders): Challenge | undefined {
  const proxy = status === 407;
  const header = proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const offered = response.has(header) ? parseDigestCredentials(String(response.get(header))) : [];
  const params = DIGEST_ALGORITHMS.flatMap((algorithm) =>
    offered.filter((challenge) => algorithmOf(challenge) === algorithm && isUsable(challenge)),
  )[0];
  return params && { answeredBy: proxy ? 'Proxy-Authorization' : 'Authorization', params };
}

/** The password was not even looked at: the nonce had become too old (RFC 7616 section 3.3). */
export const isStale = ({ params }: Challenge): boolean => params.stale?.toLowerCase() === 'true';

const algorithmOf = ({ algorithm = 'MD5' }: AuthParams): string => algorithm.toUpperCase();

/** `auth-int` alone would mean hashing the body as well, which no trunk wants. */
const isUsable = ({ realm, nonce, qop }: AuthParams): boolean =>
  realm !== undefined && nonce !== undefined && (qop === undefined || offersAuth(qop));

const offersAuth = (qop: string): boolean => qop.split(',').some((word) => word.trim() === 'auth');

/**
 * What proves the password to whoever has made the challenge (RFC 7616 section 3.4), for the nth time. drachtio-srf's own
 * knows MD5 only, and nothing of requests within a dialog.
 */
export function proofFor(
  { params }: Challenge,
  { method, uri }: Challenged,
  { username, password }: Credentials,
  nth: number,
): string {
  const { realm = '', nonce = '', qop, opaque } = params;
  const name = algorithmOf(params) as DigestAlgorithm;
  const key = ha1(name, username, realm, password.reveal());
  const cnonce = randomBytes(12).toString('hex');
  const parts = { algorithm: name, nonce, uri, cnonce, nc: nth.toString(16).padStart(8, '0') };
  const response =
    qop === undefined
      ? responseWithoutQop(parts, key, method)
      : expectedResponse(parts, key, method);
  return [
    `Digest username="${quoted(username)}"`,
    `realm="${quoted(realm)}"`,
    `nonce="${quoted(nonce)}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    `algorithm=${name}`,
    ...(qop === undefined ? [] : ['qop=auth', `nc=${parts.nc}`, `cnonce="${cnonce}"`]),
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
  ].join(', ');
}

const quoted = (text: string): string => text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, '');
