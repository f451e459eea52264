import type { Principal } from '../../../model/access.ts';
import type { Finding } from '../../../model/finding.ts';
import type { WholeConfiguration } from '../../../runtime/ports/admin.ts';
import { type Entry, keyOf, type Section } from './section.ts';
import { SECTIONS } from './sections.ts';

/** Whether somebody may see entries of the section at all. */
export const readsSection = ({ scopes }: Principal, { reads }: Section): boolean =>
  !reads || scopes.includes(reads);

export const seesEntry = (principal: Principal, section: Section, entry: Entry): boolean =>
  readsSection(principal, section) && (section.isSeen?.(principal, entry) ?? true);

/** Whether somebody may see the object: `agents`, `1001`. What is no object is for everybody. */
export function sightOf(principal: Principal, configuration: WholeConfiguration) {
  const hidden = new Set(
    SECTIONS.filter(({ reads, isSeen }) => reads || isSeen).flatMap((section) =>
      section
        .entriesOf(configuration)
        .filter((entry) => !seesEntry(principal, section, entry))
        .map((entry) => `${section.name}/${keyOf(section, entry)}`),
    ),
  );
  return (section: string, key: string): boolean => !hidden.has(`${section}/${key}`);
}

/** Without those that are about what somebody may not see. */
export function findingsFor(
  principal: Principal,
  configuration: WholeConfiguration,
  findings: readonly Finding[],
): readonly Finding[] {
  const sees = sightOf(principal, configuration);
  return findings.filter(({ place }) => {
    const [section = '', key = ''] = place.split('/');
    return sees(section, key);
  });
}
