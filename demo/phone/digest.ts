import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The Authorization header that answers a challenge (RFC 7616; SHA-256 for SIP is RFC 8760). */
export function authorization(
  challenge: string,
  method: string,
  uri: string,
  { user, password }: Credentials,
): string {
  const realm = parameter(challenge, 'realm');
  const nonce = parameter(challenge, 'nonce');
  const algorithm = parameter(challenge, 'algorithm') || 'MD5';
  const digest = (text: string) =>
    createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const secret = digest(`${user}:${realm}:${password}`);
  const request = digest(`${method}:${uri}`);
  const withQop = /\bqop\s*=/.test(challenge);
  const cnonce = randomBytes(8).toString('hex');
  const response = digest(
    withQop
      ? `${secret}:${nonce}:00000001:${cnonce}:auth:${request}`
      : `${secret}:${nonce}:${request}`,
  );
  const parts = [
    `username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`,
    `algorithm=${algorithm}`,
    ...(withQop ? [`qop=auth, nc=00000001, cnonce="${cnonce}"`] : []),
    ...(parameter(challenge, 'opaque') ? [`opaque="${parameter(challenge, 'opaque')}"`] : []),
  ];
  return `Digest ${parts.join(', ')}`;
}

function parameter(challenge: string, name: string): string {
  const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(challenge);
  return found?.[1] ?? found?.[2] ?? '';
}
