import { breather } from '../../../lib/slices.ts';
import type { WholeConfiguration } from '../../../runtime/ports/admin.ts';
import type { ConfigurationDocument, Entry } from './section.ts';
import { SECTIONS } from './sections.ts';

const made = new WeakMap<WholeConfiguration, Promise<ConfigurationDocument>>();

/** The configuration as a file says it: made once, and in short turns, because it may be of many thousand entries. */
export function documentOf(configuration: WholeConfiguration): Promise<ConfigurationDocument> {
  const known = made.get(configuration) ?? makeDocument(configuration);
  made.set(configuration, known);
  return known;
}

async function makeDocument(configuration: WholeConfiguration): Promise<ConfigurationDocument> {
  const pause = breather();
  const document: Record<string, readonly Entry[]> = {};
  for (const { name, entriesOf } of SECTIONS) {
    const entries: Entry[] = [];
    for (const entry of entriesOf(configuration)) {
      entries.push(entry);
      await pause();
    }
    document[name] = entries;
  }
  return document;
}
