import Type, { type Static } from 'typebox';
import type { Language } from '../../model/contact.ts';
import { type Assignments, unspokenLanguage } from '../assignments.ts';
import { patterned } from '../patterned.ts';

/** What kinds of nodes that offer choices have in common. */
export const Key = Type.Union([
  patterned('^[0-9*#A-D]$', 'one key of a telephone: 0 to 9, *, #, A to D'),
  Type.Integer({ minimum: 0, maximum: 9 }),
]);
export type Key = Static<typeof Key>;

interface Choice {
  readonly key?: Key;
  readonly set?: Assignments;
}

export function repeatedKeys(choices: readonly Choice[]): readonly string[] {
  const keys = choices.map(({ key }) => (key === undefined ? undefined : String(key)));
  return keys.flatMap((key, at) =>
    key !== undefined && keys.indexOf(key) < at
      ? [`choices[${at}].key: ${key} is taken by an earlier choice`]
      : [],
  );
}

export function unspokenLanguages(
  choices: readonly Choice[],
  spoken: readonly Language[],
): readonly string[] {
  return choices.flatMap(({ set }, at) => unspokenLanguage(set, `choices[${at}].set`, spoken));
}
