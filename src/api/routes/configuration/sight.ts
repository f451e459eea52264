import { breather } from '../../../lib/slices.ts';
import type { Principal } from '../../../model/access.ts';
import type { Finding } from '../../../model/finding.ts';
import type { WholeConfiguration } from '../../../runtime/ports/admin.ts';
import { documentOf } from './entries.ts';
import { type Entry, keyOf, type Section } from './section.ts';
import { SECTIONS } from './sections.ts';

/** Whether somebody may see entries of the section at all. */
export const readsSection = ({ scopes }: Principal, { reads }: Section): boolean =>
  !reads || scopes.includes(reads);

export const seesEntry = (principal: Principal, section: Section, entry: Entry): boolean =>
  readsSection(principal, section) && (section.isSeen?.(principal, entry) ?? true);

/** Whether somebody may see the object: `agents`, `1001`. What is no object is for everybody. */
export async function sightOf(principal: Principal, configuration: WholeConfiguration) {
  const pause = breather();
  const document = await documentOf(configuration);
  const hidden = new Set<string>();
  for (const section of SECTIONS.filter(({ reads, isSeen }) => reads || isSeen))
    for (const entry of document[section.name] ?? []) {
      if (!seesEntry(principal, section, entry))
        hidden.add(`${section.name}/${keyOf(section, entry)}`);
      await pause();
    }
  return (section: string, key: string): boolean => !hidden.has(`${section}/${key}`);
}

/** Without those that are about what somebody may not see. */
export async function findingsFor(
  principal: Principal,
  configuration: WholeConfiguration,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const sees = await sightOf(principal, configuration);
  return findings.filter(({ place }) => {
    const [section = '', key = ''] = place.split('/');
    return sees(section, key);
  });
}
