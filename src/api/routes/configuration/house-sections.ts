import { ok } from '../../../lib/result.ts';
import { mapInSteps } from '../../../lib/slices.ts';
import { LABEL_KINDS, type LabelKind } from '../../../model/label.ts';
import type { Settings } from '../../../model/settings.ts';
import { plainSection } from './plain-section.ts';
import { LabelEntry, SettingsEntry } from './schemas.ts';
import { type Entry, inOrder, type Section, singly } from './section.ts';

/** There is one of it, so it has but one name. */
const HOUSE = 'house';
const ownOf = ({ id: _, ...own }: Entry): Partial<Settings> => own;

/** What the house goes by as a whole: all or none of it, under a name that is always the same. */
export const settingsSection: Section = {
  name: 'settings',
  noun: 'settings',
  keyName: 'id',
  schema: SettingsEntry,
  comment: ' What the house goes by as a whole. What is not said here, the environment says.',
  entriesOf: ({ settings }) =>
    Object.keys(settings).length > 0 ? [inOrder(SettingsEntry, { ...settings, id: HOUSE })] : [],
  normal: (entry) => inOrder(SettingsEntry, entry),
  *withEntries(configuration, entries) {
    const [settings = {}] = yield* mapInSteps(entries, ownOf);
    return { ...configuration, settings };
  },
  ...singly({
    keyName: 'id',
    createOne: async ({ settings }, entry) => ok(await settings.put(ownOf(entry))),
    replaceOne: async ({ settings }, entry) => ok(await settings.put(ownOf(entry))),
    async removeOne({ settings }) {
      await settings.put({});
      return ok(undefined);
    },
  }),
};

const COMMENTS: Readonly<Record<LabelKind, string>> = {
  teams: ' Whose supervisors see and steer whom. Whatever names a team makes it.',
  skills: ' What agents are good at, and calls need. Whatever names a skill makes it.',
  groups: ' To whom the calls of a queue may be widened. Whatever names a group makes it.',
};

export const labelSections: readonly Section[] = LABEL_KINDS.map((kind) =>
  plainSection(
    {
      name: kind,
      noun: kind.slice(0, -1),
      keyName: 'id',
      schema: LabelEntry,
      comment: COMMENTS[kind],
    },
    (configuration) => configuration[kind],
    (repositories) => repositories[kind],
  ),
);
