import { writeAside } from '../../../lib/document-thread.ts';
import { besides } from '../../../lib/thread-part.ts';
import type { ConfigurationDocument } from './section.ts';
import { SECTIONS } from './sections.ts';
import type { YamlToWrite } from './yaml-writer.ts';

const HEADER = ` The configuration of a Centralita, to be read, kept under version control and applied again:

   npm run config -- diff FILE      what would change
   npm run config -- apply FILE     all of it or nothing

 A section that is not here stays as it is; what is missing in one that is here goes only with --remove.
 Left out, because they are no configuration or hold secrets: PINs, passwords and secrets of webhooks, API keys,
 contacts, uploaded recordings, drafts and old versions of flows, closures in force, and all records of calls.`;

/** A file that people review: always in the same order, with a comment over each section. */
export function yamlOf(document: ConfigurationDocument): Promise<string> {
  const comments = Object.fromEntries(SECTIONS.map(({ name, comment }) => [name, comment]));
  const wanted: YamlToWrite = { document, header: HEADER, comments };
  return writeAside(besides('yaml-writer', import.meta.url), wanted);
}
