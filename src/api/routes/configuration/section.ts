import type { TObject } from 'typebox';
import type { Refusal } from '../../../lib/errors.ts';
import { type OneRefused, oneByOne } from '../../../lib/one-by-one.ts';
import type { Result } from '../../../lib/result.ts';
import type { InSteps } from '../../../lib/slices.ts';
import type { Principal, Scope } from '../../../model/access.ts';
import type {
  ConfigurationRepositories,
  WholeConfiguration,
} from '../../../runtime/ports/admin.ts';
import type { Authorship } from '../../../runtime/ports/flows.ts';
import type { ApiContext } from '../../context.ts';

/** One object of the configuration as a file says it: only what differs from the product's defaults. */
export type Entry = Readonly<Record<string, unknown>>;

/** The whole configuration as a file says it: each section by its name. */
export type ConfigurationDocument = Readonly<Record<string, readonly Entry[]>>;

/** A kind of object that the configuration consists of: a list in the file. */
export interface Section {
  /** In the file. */
  readonly name: string;
  /** For people: `queue`. */
  readonly noun: string;
  readonly keyName: string;
  /** What somebody needs to see it, and to write it, beside the configuration's own scopes. */
  readonly reads?: Scope;
  readonly writes?: Scope;
  readonly schema: TObject;
  /** What stands above the list in an exported file. */
  readonly comment: string;
  /** Beginning with what is read first. */
  entriesOf(configuration: WholeConfiguration): Iterable<Entry>;
  /** As `entriesOf` would give it back, without secrets. */
  normal(entry: Entry): Entry;
  /** The same configuration with these entries in place of its own. */
  withEntries(
    configuration: WholeConfiguration,
    entries: readonly Entry[],
  ): InSteps<WholeConfiguration>;
  /** What is wrong with an entry that its schema does not know. */
  objections?(entry: Entry, context: ApiContext, wanted: WholeConfiguration): readonly string[];
  /** What somebody should know who applies it. */
  notes?(entry: Entry, before: Entry | undefined): readonly string[];
  /** What it names and will not be there; it works without. */
  misses?(entry: Entry, wanted: WholeConfiguration): readonly string[];
  /** Of what not everybody sees the whole: whether it is theirs to see. */
  isSeen?(principal: Principal, entry: Entry): boolean;
  /** FORBIDDEN: nobody gives what they do not have, nor changes who has more. */
  demandToGive?(principal: Principal, entry: Entry): void;
  /** Of each entry the secrets that it names and that are not what is stored; absent: the kind has none. */
  newSecrets?(
    repositories: ConfigurationRepositories,
    entries: readonly Entry[],
  ): Promise<readonly (readonly string[])[]>;
  /** Lets go of what only one object may have, so that another one of the same document can take it. */
  letGo?(repositories: ConfigurationRepositories, keys: readonly string[]): Promise<void>;
  create: Writer;
  replace: Writer;
  remove(
    repositories: ConfigurationRepositories,
    keys: readonly string[],
  ): Promise<Result<undefined, OneRefused>>;
}

/** Writes many, until one is refused. */
type Writer = (
  repositories: ConfigurationRepositories,
  entries: readonly Entry[],
  by: Authorship,
  context: ApiContext,
) => Promise<Result<undefined, OneRefused>>;

/** What a kind is written by of which there are few. */
export interface OneWriter extends Pick<Section, 'keyName'> {
  newSecret?(repositories: ConfigurationRepositories, entry: Entry): Promise<readonly string[]>;
  createOne(
    repositories: ConfigurationRepositories,
    entry: Entry,
    by: Authorship,
    context: ApiContext,
  ): Promise<Result<unknown, Refusal>>;
  replaceOne(
    repositories: ConfigurationRepositories,
    entry: Entry,
    by: Authorship,
  ): Promise<Result<unknown, Refusal>>;
  removeOne(
    repositories: ConfigurationRepositories,
    key: string,
  ): Promise<Result<undefined, Refusal>>;
}

type Written = Pick<Section, 'create' | 'replace' | 'remove'> & Pick<Section, 'newSecrets'>;

/** One after the other. */
export function singly(one: OneWriter): Written {
  const { keyName, newSecret } = one;
  const idOf = (entry: Entry): string => String(entry[keyName]);
  return {
    create: (to, entries, by, context) =>
      oneByOne(entries, idOf, (entry) => one.createOne(to, entry, by, context)),
    replace: (to, entries, by) => oneByOne(entries, idOf, (entry) => one.replaceOne(to, entry, by)),
    remove: (from, keys) => oneByOne(keys, String, (key) => one.removeOne(from, key)),
    ...(newSecret
      ? {
          async newSecrets(repositories, entries) {
            const found: (readonly string[])[] = [];
            for (const entry of entries) found.push(await newSecret(repositories, entry));
            return found;
          },
        }
      : {}),
  };
}

export const keyOf = (section: Section, entry: Entry): string => String(entry[section.keyName]);

/** The same, made as they are asked for: of many thousands nobody waits for all. */
export function* each<Item>(
  items: Iterable<Item>,
  entryOf: (item: Item) => Entry,
): Iterable<Entry> {
  for (const item of items) yield entryOf(item);
}

/** Read before others, in objects whose order the database does not keep. */
const LEADING = ['id', 'name', 'when', 'days', 'from', 'to', 'afterMs', 'yearly', 'dates'];

/** The entry in the order of its schema, and what is in it in an order that is always the same. */
export function inOrder({ properties }: TObject, entry: Entry): Entry {
  const names = Object.keys(properties).filter((name) => entry[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, sorted(entry[name])]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const rank = (name: string): number => LEADING.indexOf(name) + 1 || LEADING.length + 1;
  const entries = Object.entries(value).sort(
    ([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1),
  );
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}
