import { createHash } from 'node:crypto';

/** The algorithms that RFC 7616 and RFC 8760 name and phones have, strongest first. */
export const DIGEST_ALGORITHMS = ['SHA-256', 'MD5'] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** What goes into an answer beside the password. */
export interface DigestParts {
  readonly algorithm: DigestAlgorithm;
  readonly nonce: string;
  readonly uri: string;
  readonly cnonce: string;
  /** The nonce count as sent, 8 hexadecimal digits: it is hashed as it stands. */
  readonly nc: string;
}

const hash = (algorithm: DigestAlgorithm, text: string): string =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');

/** H(user ":" realm ":" password), the only form in which a phone's password is kept (RFC 7616 section 3.4.2). */
export function ha1(
  algorithm: DigestAlgorithm,
  user: string,
  realm: string,
  password: string,
): string {
  return hash(algorithm, `${user}:${realm}:${password}`);
}

/** What whoever has the password answers, for qop=auth (RFC 7616 section 3.4.1). */
export function expectedResponse(answer: DigestParts, ha1OfUser: string, method: string): string {
  const { algorithm, nonce, nc, cnonce, uri } = answer;
  const ha2 = hash(algorithm, `${method}:${uri}`);
  return hash(algorithm, `${ha1OfUser.toLowerCase()}:${nonce}:${nc}:${cnonce}:auth:${ha2}`);
}

/** The answer to a challenge that offers no qop (RFC 2069), as old gateways send it. */
export function responseWithoutQop(
  { algorithm, nonce, uri }: Pick<DigestParts, 'algorithm' | 'nonce' | 'uri'>,
  ha1OfUser: string,
  method: string,
): string {
  return hash(algorithm, `${ha1OfUser}:${nonce}:${hash(algorithm, `${method}:${uri}`)}`);
}
