import { createHash } from 'node:crypto';
import type { ConfigurationDocument } from './section.ts';

/** What a plan was made for. Equal documents have equal digests. */
export const digestOf = (document: ConfigurationDocument): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 27);
