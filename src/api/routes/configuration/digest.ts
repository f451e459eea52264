import { createHash } from 'node:crypto';
import type { WholeConfiguration } from '../../../runtime/ports/admin.ts';
import type { ConfigurationDocument } from './section.ts';
import { SECTIONS } from './sections.ts';

export const documentOf = (configuration: WholeConfiguration): ConfigurationDocument =>
  Object.fromEntries(SECTIONS.map(({ name, entriesOf }) => [name, entriesOf(configuration)]));

/** What a plan was made for. Equal documents have equal digests. */
export const digestOf = (document: ConfigurationDocument): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 27);
