import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** HA1 of digest authentication: H(user:realm:password), hexadecimal (RFC 7616 section 3.4.2). */
export function ha1(
  algorithm: 'md5' | 'sha256',
  user: string,
  realm: string,
  password: string,
): string {
  return createHash(algorithm).update(`${user}:${realm}:${password}`).digest('hex');
}

/** A key of the API is 256 random bits; the prefix says what it is to whoever finds one in a log. */
export const newApiKey = (): string => `ck_${randomBytes(32).toString('base64url')}`;

export const hashApiKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Costs a few milliseconds of a thread of the pool, 16 MB and no time of the event loop. */
const COST = 16_384;
const HASH_BYTES = 32;

/** `scrypt$cost$salt$hash`: the costs stand in front so that they may be raised later. */
export async function hashPin(pin: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(pin, salt, COST);
  return ['scrypt', COST, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether the PIN is the one that was hashed. A hash that cannot be read matches nothing. */
export async function pinMatches(pin: string, stored: string): Promise<boolean> {
  const [kind, cost, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || !cost || !salt || !hash) return false;
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(pin, Buffer.from(salt, 'base64url'), Number(cost));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function derive(pin: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, HASH_BYTES, { cost }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
