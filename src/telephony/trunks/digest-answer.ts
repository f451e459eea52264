import { randomBytes } from 'node:crypto';
import { type AuthParams, parseDigestCredentials } from '../../lib/auth-header.ts';
import {
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  expectedResponse,
  ha1,
  responseWithoutQop,
} from '../../lib/digest.ts';
import type { Secret } from '../../lib/secret.ts';

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

export interface DigestHeader {
  readonly name: 'Authorization' | 'Proxy-Authorization';
  readonly value: string;
  /** The password was not even looked at: the nonce had become too old (RFC 7616 section 3.3). */
  readonly stale: boolean;
}

/**
 * The answer to a 401 or 407 (RFC 3261 section 22), by the strongest algorithm of those that are offered (RFC 8760
 * section 2.4). Undefined: there is no challenge that can be answered. drachtio-srf's own knows MD5 only.
 */
export function answerChallenge(
  status: number,
  response: SipHeaders,
  request: Challenged,
  { username, password }: Credentials,
): DigestHeader | undefined {
  const proxy = status === 407;
  const header = proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const offered = response.has(header) ? parseDigestCredentials(String(response.get(header))) : [];
  const chosen = DIGEST_ALGORITHMS.flatMap((algorithm) =>
    offered.filter((challenge) => algorithmOf(challenge) === algorithm && isUsable(challenge)),
  )[0];
  if (!chosen) return undefined;
  return {
    name: proxy ? 'Proxy-Authorization' : 'Authorization',
    value: credentialsFor(chosen, request, username, password.reveal()),
    stale: chosen.stale?.toLowerCase() === 'true',
  };
}

const algorithmOf = ({ algorithm = 'MD5' }: AuthParams): string => algorithm.toUpperCase();

/** `auth-int` alone would mean hashing the body as well, which no trunk wants. */
const isUsable = ({ realm, nonce, qop }: AuthParams): boolean =>
  realm !== undefined && nonce !== undefined && (qop === undefined || offersAuth(qop));

const offersAuth = (qop: string): boolean => qop.split(',').some((word) => word.trim() === 'auth');

function credentialsFor(
  { realm = '', nonce = '', qop, opaque, algorithm }: AuthParams,
  { method, uri }: Challenged,
  username: string,
  password: string,
): string {
  const name = (algorithm ?? 'MD5').toUpperCase() as DigestAlgorithm;
  const key = ha1(name, username, realm, password);
  const cnonce = randomBytes(12).toString('hex');
  const parts = { algorithm: name, nonce, uri, cnonce, nc: '00000001' };
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
