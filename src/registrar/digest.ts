import { timingSafeEqual } from 'node:crypto';
import type { AuthParams } from '../lib/auth-header.ts';
import { DIGEST_ALGORITHMS, type DigestAlgorithm, expectedResponse } from '../lib/digest.ts';
import type { SipCredentials } from '../runtime/ports/index.ts';

/** A phone's answer to a challenge, complete and of the only quality of protection that is offered. */
export interface DigestAnswer {
  readonly algorithm: DigestAlgorithm;
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly cnonce: string;
  /** The nonce count as sent, 8 hexadecimal digits: it is hashed as it stands. */
  readonly nc: string;
  /** Lower case hexadecimal. */
  readonly response: string;
}

const HEX_LENGTH = { MD5: 32, 'SHA-256': 64 } as const;

/**
 * Undefined: incomplete, of another algorithm, or without `qop=auth`. An answer without qop (RFC 2069) carries no
 * nonce count and could be replayed; no phone that knows RFC 3261 sends one when qop was offered.
 */
export function readAnswer(params: AuthParams): DigestAnswer | undefined {
  const algorithm = DIGEST_ALGORITHMS.find(
    (name) => name === (params.algorithm ?? 'MD5').toUpperCase(),
  );
  const { username, realm, nonce, uri, cnonce, nc } = params;
  const response = params.response?.toLowerCase();
  if (!algorithm || !username || !realm || !nonce || !uri || !cnonce || !nc || !response)
    return undefined;
  if (params.qop?.toLowerCase() !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc)) return undefined;
  if (response.length !== HEX_LENGTH[algorithm] || !/^[0-9a-f]+$/.test(response)) return undefined;
  return { algorithm, username, realm, nonce, uri, cnonce, nc, response };
}

/** Takes as long for a wrong answer as for a right one. */
export function answers(
  answer: DigestAnswer,
  credentials: SipCredentials,
  method: string,
): boolean {
  const key = answer.algorithm === 'MD5' ? credentials.ha1Md5 : credentials.ha1Sha256;
  const expected = Buffer.from(expectedResponse(answer, key, method));
  const given = Buffer.from(answer.response);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The value of a `WWW-Authenticate` or `Proxy-Authenticate` header. */
export function challenge(
  algorithm: DigestAlgorithm,
  realm: string,
  nonce: string,
  stale: boolean,
): string {
  const flag = stale ? ', stale=true' : '';
  return `Digest realm="${realm}", nonce="${nonce}"${flag}, algorithm=${algorithm}, qop="auth"`;
}
