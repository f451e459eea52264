import type { Refusal } from '../../../lib/errors.ts';
import type { Result } from '../../../lib/result.ts';
import type {
  ConfigurationRepositories,
  WholeConfiguration,
} from '../../../runtime/ports/admin.ts';
import { type Entry, each, inOrder, type Section } from './section.ts';

interface PlainRepository<T> {
  create(item: T): Promise<Result<unknown, Refusal>>;
  replace(item: T): Promise<Result<unknown, Refusal>>;
  remove(key: string): Promise<Result<undefined, Refusal>>;
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
    withEntries: (configuration, entries) => ({
      ...configuration,
      [about.name]: entries.map(itemOf),
    }),
    create: (repositories, entry) => repositoryOf(repositories).create(itemOf(entry)),
    replace: (repositories, entry) => repositoryOf(repositories).replace(itemOf(entry)),
    remove: (repositories, key) => repositoryOf(repositories).remove(key),
  };
}
