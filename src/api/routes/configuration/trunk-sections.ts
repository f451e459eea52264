import { refusal } from '../../../lib/errors.ts';
import { err, ok } from '../../../lib/result.ts';
import { mapInSteps } from '../../../lib/slices.ts';
import { trunkId } from '../../../model/ids.ts';
import {
  type DiallingRules,
  TRUNK_DEFAULTS,
  type TrunkConfig,
  type TrunkWithSecret,
} from '../../../model/trunk.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import { DiallingEntry, TrunkEntry } from './schemas.ts';
import { type Entry, inOrder, type Section, singly } from './section.ts';

const idOf = ({ id }: Entry) => trunkId(String(id));

function trunkOf({ password: _, ...entry }: Entry): TrunkConfig {
  const callerId = { ...TRUNK_DEFAULTS.callerId, ...(entry.callerId as object | undefined) };
  return { ...TRUNK_DEFAULTS, ...entry, callerId } as unknown as TrunkConfig;
}

/** What a trunk has in common with every other is not said. */
function trunkEntry(trunk: TrunkWithSecret): Entry {
  const defaults: Entry = { ...TRUNK_DEFAULTS };
  const own = Object.entries(trunk).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]),
  );
  const { password: _, ...entry } = Object.fromEntries(own);
  return inOrder(TrunkEntry, entry);
}

async function withPassword({ trunks }: ConfigurationRepositories, entry: Entry) {
  if (entry.password === undefined) return ok(undefined);
  return trunks.setPassword(idOf(entry), String(entry.password));
}

/** The ways to the telephone network. Passwords go in and never come out. */
export const trunkSection: Section = {
  name: 'trunks',
  noun: 'trunk',
  keyName: 'id',
  schema: TrunkEntry,
  comment:
    ' The ways to the telephone network. `password` goes in and never comes out: without it, the one that is stored stays.',
  entriesOf: ({ trunks = [] }) => trunks.map(trunkEntry),
  normal: (entry) => trunkEntry(trunkOf(entry)),
  *withEntries(configuration, entries) {
    return { ...configuration, trunks: yield* mapInSteps(entries, trunkOf) };
  },
  ...singly({
    keyName: 'id',
    async newSecret(repositories, entry) {
      if (entry.password === undefined) return [];
      const { trunks = [] } = await repositories.all();
      const stored = trunks.find(({ id }) => id === entry.id)?.password;
      return stored?.reveal() === entry.password ? [] : ['password'];
    },
    async createOne(repositories, entry) {
      const made = await repositories.trunks.create(trunkOf(entry));
      return made.ok ? withPassword(repositories, entry) : made;
    },
    async replaceOne(repositories, entry) {
      const replaced = await repositories.trunks.replace(trunkOf(entry));
      return replaced.ok ? withPassword(repositories, entry) : replaced;
    },
    removeOne: ({ trunks }, key) => trunks.remove(trunkId(key)),
  }),
};

/** There is one set of rules, so the list has one entry at most. */
const HOUSE = 'house';
const rulesOf = ({ id: _, ...rules }: Entry): DiallingRules => rules as unknown as DiallingRules;

/** What may be called: all or none of it, under a name that is always the same. */
export const diallingSection: Section = {
  name: 'dialling',
  noun: 'dialling',
  keyName: 'id',
  schema: DiallingEntry,
  comment: ' What may be called, and how much of it. Without it, ALLOWED_DESTINATIONS says.',
  entriesOf: ({ dialling }) =>
    dialling ? [inOrder(DiallingEntry, { ...dialling, id: HOUSE })] : [],
  normal: (entry) => inOrder(DiallingEntry, entry),
  *withEntries({ dialling: _, ...configuration }, entries) {
    const [dialling] = yield* mapInSteps(entries, rulesOf);
    return { ...configuration, ...(dialling ? { dialling } : {}) };
  },
  ...singly({
    keyName: 'id',
    createOne: async ({ dialling }, entry) => ok(await dialling.put(rulesOf(entry))),
    replaceOne: async ({ dialling }, entry) => ok(await dialling.put(rulesOf(entry))),
    removeOne: async () =>
      err(
        refusal('IN_USE', 'Rules of dialling are changed, not removed: `blocked: true` stops it.'),
      ),
  }),
};
