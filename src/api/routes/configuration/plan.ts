import { breather, inSlices } from '../../../lib/slices.ts';
import type {
  ConfigurationRepositories,
  WholeConfiguration,
} from '../../../runtime/ports/admin.ts';
import type { ApiContext } from '../../context.ts';
import { type Difference, differences } from '../../differences.ts';
import { digestOf } from './digest.ts';
import { documentOf } from './entries.ts';
import { type ConfigurationDocument, type Entry, keyOf, type Section } from './section.ts';
import { SECTIONS } from './sections.ts';

/** What becomes of one object. */
export interface PlannedChange {
  readonly section: string;
  readonly key: string;
  readonly action: 'create' | 'change' | 'remove';
  /** Field by field; of secrets only that there is another one. */
  readonly differences: readonly Difference[];
}

export interface Plan {
  /** Of the configuration that the plan was made for. */
  readonly digest: string;
  /** What is named before what names it, what goes last. */
  readonly changes: readonly PlannedChange[];
  /** There, and not in the document: they stay, because nobody asked for their removal. */
  readonly kept: readonly { readonly section: string; readonly key: string }[];
  /** What somebody should know who applies it. */
  readonly notes: readonly string[];
  /** What the document says twice. */
  readonly problems: readonly string[];
  readonly before: WholeConfiguration;
  /** What the engine would run by afterwards. */
  readonly wanted: WholeConfiguration;
}

const HIDDEN = '(hidden)';

/** What has to be done so that the configuration is as the document says. A section that it does not name stays. */
export async function planOf(
  context: ApiContext,
  repositories: ConfigurationRepositories,
  document: ConfigurationDocument,
  remove: boolean,
): Promise<Plan> {
  const current = await repositories.all();
  const there = await documentOf(current);
  const sections = SECTIONS.filter(({ name }) => document[name] !== undefined);
  const parts: SectionPlan[] = [];
  for (const section of sections)
    parts.push(
      await planSection(
        repositories,
        section,
        there[section.name] ?? [],
        document[section.name] ?? [],
        remove,
      ),
    );
  let wanted = current;
  for (const { section, entries } of parts)
    wanted = await inSlices(section.withEntries(wanted, entries));
  const pause = breather();
  const problems: string[] = [];
  for (const section of sections) {
    problems.push(...wrongIn(context, section, document[section.name] ?? [], wanted));
    await pause();
  }
  const entriesOf = ({ name }: Section): readonly Entry[] => document[name] ?? [];
  return {
    before: current,
    digest: await digestOf(there),
    changes: [...parts.flatMap(({ written }) => written), ...removals(parts)],
    kept: parts.flatMap(({ kept }) => kept),
    notes: [
      ...parts.flatMap(({ notes }) => notes),
      ...sections.flatMap((section) =>
        entriesOf(section).flatMap((entry) => section.misses?.(entry, wanted) ?? []),
      ),
    ],
    problems,
    wanted,
  };
}

interface SectionPlan {
  readonly section: Section;
  /** What the section consists of afterwards. */
  readonly entries: readonly Entry[];
  readonly written: readonly PlannedChange[];
  readonly removed: readonly PlannedChange[];
  readonly kept: Plan['kept'];
  readonly notes: readonly string[];
}

/** Whoever names somebody goes first. */
const removals = (parts: readonly SectionPlan[]): readonly PlannedChange[] =>
  [...parts].reverse().flatMap(({ removed }) => removed);

async function planSection(
  repositories: ConfigurationRepositories,
  section: Section,
  there: readonly Entry[],
  wanted: readonly Entry[],
  remove: boolean,
): Promise<SectionPlan> {
  const pause = breather();
  const current = new Map(there.map((entry) => [keyOf(section, entry), entry]));
  await pause();
  const named = new Set(wanted.map((entry) => keyOf(section, entry)));
  const missing = [...current].filter(([key]) => !named.has(key));
  const written: PlannedChange[] = [];
  await pause();
  const notes: string[] = [];
  const secrets = (await section.newSecrets?.(repositories, wanted)) ?? [];
  for (const [at, entry] of wanted.entries()) {
    const before = current.get(keyOf(section, entry));
    const change = planEntry(section, before, entry, secrets[at]);
    if (change) written.push(change);
    notes.push(...(section.notes?.(entry, before) ?? []));
    await pause();
  }
  return {
    section,
    written,
    notes,
    entries: [...wanted, ...(remove ? [] : missing.map(([, entry]) => entry))],
    removed: remove
      ? missing.map(([key]) => ({ section: section.name, key, action: 'remove', differences: [] }))
      : [],
    kept: remove ? [] : missing.map(([key]) => ({ section: section.name, key })),
  };
}

function planEntry(
  section: Section,
  before: Entry | undefined,
  entry: Entry,
  secrets: readonly string[] = [],
): PlannedChange | undefined {
  const fields = [
    ...differences(before ?? {}, section.normal(entry)),
    ...secrets.map((path) => ({ path, after: HIDDEN })),
  ];
  if (before && fields.length === 0) return undefined;
  return {
    section: section.name,
    key: keyOf(section, entry),
    action: before ? 'change' : 'create',
    differences: fields,
  };
}

function wrongIn(
  context: ApiContext,
  section: Section,
  entries: readonly Entry[],
  wanted: WholeConfiguration,
): readonly string[] {
  const objections = entries.flatMap((entry) =>
    (section.objections?.(entry, context, wanted) ?? []).map(
      (why) => `${section.name}/${keyOf(section, entry)}: ${why}`,
    ),
  );
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const key of entries.map((entry) => keyOf(section, entry))) {
    if (seen.has(key)) twice.add(key);
    seen.add(key);
  }
  return [...[...twice].map((key) => `${section.name}: there are two of ${key}`), ...objections];
}
