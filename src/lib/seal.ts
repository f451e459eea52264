import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps secrets that have to come back in a database that others may read: AES-256-GCM. */
export class Seal {
  readonly #key: Buffer;

  /** Any text with at least 128 bits of chance in it: it is no password. */
  constructor(key: string) {
    this.#key = createHash('sha256').update(`centralita seal ${key}`).digest();
  }

  close(secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** The same of the same, and of no use to whoever guesses what it was made of and has not the key. */
  fingerprint(of: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(of).digest();
  }

  /** Undefined: it was sealed with another key, or changed. */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url');
    if (!sealed.startsWith('v1.') || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce);
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
