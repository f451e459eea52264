import { createHash } from 'node:crypto';
import { jsonOfList } from '../../../lib/json-pieces.ts';
import type { ConfigurationDocument } from './section.ts';

/** What a plan was made for. Equal documents have equal digests. */
export async function digestOf(document: ConfigurationDocument): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, entries] of Object.entries(document))
    hash.update(`${name}:${await jsonOfList(entries)}`);
  return hash.digest('base64url').slice(0, 27);
}
