import type { PlannedChange } from './plan.ts';
import type { Section } from './section.ts';
import { SECTIONS } from './sections.ts';

/** What becomes of objects of one kind, all at once. */
export interface Turn extends Pick<PlannedChange, 'action'> {
  readonly section: Section;
  readonly keys: readonly string[];
}

/** An agent or a number that goes may free what another one takes: its extension, a queue. */
const EARLY: readonly string[] = ['agents', 'numbers'];
const isEarly = ({ name }: Section): boolean => EARLY.includes(name);

/**
 * In the order in which they are made: what is named before what names it, and what changes before what is new, which may
 * take what that frees.
 */
export function turnsOf(changes: readonly PlannedChange[]): readonly Turn[] {
  const keys = new Map<string, string[]>();
  for (const { section, action, key } of changes) {
    const theirs = keys.get(`${action} ${section}`) ?? [];
    theirs.push(key);
    keys.set(`${action} ${section}`, theirs);
  }
  const of = (action: Turn['action'], section: Section): readonly Turn[] => {
    const theirs = keys.get(`${action} ${section.name}`);
    return theirs ? [{ action, section, keys: theirs }] : [];
  };
  const leaving = [...SECTIONS].reverse();
  return [
    ...leaving.filter(isEarly).flatMap((section) => of('remove', section)),
    ...SECTIONS.flatMap((section) => [...of('change', section), ...of('create', section)]),
    ...leaving.filter((one) => !isEarly(one)).flatMap((section) => of('remove', section)),
  ];
}
