import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { CodedError, refusal } from '../../lib/errors.ts';

/** One of the settings of the OWASP password storage cheat sheet: 32 MB and about a tenth of a second. */
const COSTS = { cost: 32_768, blockSize: 8, parallelization: 3 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Each takes a thread of the pool, which files and name look-ups need as well. */
const AT_ONCE_MAX = 2;
const WAITING_MAX = 64;

/** `scrypt$cost$blockSize$parallelization$salt$hash`: the costs stand in front so that they may be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COSTS);
  const { cost, blockSize, parallelization } = COSTS;
  const texts = [salt, hash].map((bytes) => bytes.toString('base64url'));
  return ['scrypt', cost, blockSize, parallelization, ...texts].join('$');
}

/** Somebody's who does not exist: checking against it takes as long as against a real one, and never succeeds. */
export const NOBODYS = `scrypt$${COSTS.cost}$${COSTS.blockSize}$${COSTS.parallelization}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Whether the password is the one that was hashed. Undefined: there is no such user; that takes as long to say. */
export async function passwordMatches(
  password: string,
  stored: string | undefined,
): Promise<boolean> {
  const [kind, cost, blockSize, parallelization, salt = '', hash = ''] = (stored ?? NOBODYS).split(
    '$',
  );
  if (kind !== 'scrypt') return false;
  const costs = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
  };
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), costs);
  const same = expected.length === actual.length && timingSafeEqual(expected, actual);
  return same && stored !== undefined;
}

let running = 0;
const waiting: (() => void)[] = [];

/** So many at once, and so many waiting: a flood of logins is refused (OVERLOADED), and starves nobody else. */
async function derive(password: string, salt: Buffer, costs: typeof COSTS): Promise<Buffer> {
  if (running >= AT_ONCE_MAX) {
    if (waiting.length >= WAITING_MAX)
      throw new CodedError(refusal('OVERLOADED', 'Too many passwords are being checked.'));
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await deriveNow(password, salt, costs);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

function deriveNow(password: string, salt: Buffer, costs: typeof COSTS): Promise<Buffer> {
  // Node refuses what needs more than it was told; this needs 128 · cost · blockSize and a little.
  const options: ScryptOptions = { ...costs, maxmem: 256 * costs.cost * costs.blockSize };
  const normal = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(normal, salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
