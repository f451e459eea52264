import { createHash } from 'node:crypto';
import type { Configuration } from '../../../runtime/ports.ts';
import type { ConfigurationDocument } from './section.ts';
import { SECTIONS } from './sections.ts';

export const documentOf = (configuration: Configuration): ConfigurationDocument =>
  Object.fromEntries(SECTIONS.map(({ name, entriesOf }) => [name, entriesOf(configuration)]));

/** What a plan was made for. Equal documents have equal digests. */
export const digestOf = (document: ConfigurationDocument): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 27);
