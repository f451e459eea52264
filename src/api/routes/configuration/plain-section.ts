import type { OneRefused } from '../../../lib/one-by-one.ts';
import type { Result } from '../../../lib/result.ts';
import { mapInSteps } from '../../../lib/slices.ts';
import type {
  ConfigurationRepositories,
  WholeConfiguration,
} from '../../../runtime/ports/admin.ts';
import { type Entry, each, inOrder, type Section } from './section.ts';

interface PlainRepository<T> {
  createAll(items: readonly T[]): Promise<Result<undefined, OneRefused>>;
  replaceAll(items: readonly T[]): Promise<Result<undefined, OneRefused>>;
  removeAll(keys: readonly string[]): Promise<Result<undefined, OneRefused>>;
}

/** A kind of object that has no defaults and no secrets: it goes in as it comes out. */
export function plainSection<T extends object>(
  about: Pick<Section, 'name' | 'noun' | 'keyName' | 'schema' | 'comment'>,
  itemsOf: (configuration: WholeConfiguration) => readonly T[],
  repositoryOf: (repositories: ConfigurationRepositories) => PlainRepository<T>,
): Section {
  const itemOf = (entry: Entry): T => entry as unknown as T;
  return {
    ...about,
    entriesOf: (configuration) =>
      each(itemsOf(configuration), (item) => inOrder(about.schema, { ...item } as Entry)),
    normal: (entry) => inOrder(about.schema, entry),
    *withEntries(configuration, entries) {
      return { ...configuration, [about.name]: yield* mapInSteps(entries, itemOf) };
    },
    create: (repositories, entries) => repositoryOf(repositories).createAll(entries.map(itemOf)),
    replace: (repositories, entries) => repositoryOf(repositories).replaceAll(entries.map(itemOf)),
    remove: (repositories, keys) => repositoryOf(repositories).removeAll(keys),
  };
}
