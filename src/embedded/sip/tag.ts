import { randomBytes } from 'node:crypto';

/** A tag has at least 32 random bits (RFC 3261 section 19.3); this one has 64. */
export const newTag = (): string => randomBytes(8).toString('hex');
