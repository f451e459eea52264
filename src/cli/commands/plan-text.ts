import { clean } from '../table.ts';

/** As POST /v1/configuration/plan and /apply answer. */
export interface Plan {
  readonly digest: string;
  readonly applied: boolean;
  readonly changes: readonly {
    readonly section: string;
    readonly key: string;
    readonly action: 'create' | 'change' | 'remove';
    readonly differences: readonly {
      readonly path: string;
      readonly before?: unknown;
      readonly after?: unknown;
    }[];
  }[];
  readonly kept: readonly { readonly section: string; readonly key: string }[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly findings: readonly { readonly place: string; readonly message: string }[];
}

const SIGNS = { create: '+', change: '~', remove: '-' } as const;
const VALUE_MAX = 100;

/** What a person reads before they say yes. */
export function planText(plan: Plan): string {
  const lines = plan.changes.flatMap(({ section, key, action, differences }) => [
    `${SIGNS[action]} ${section}/${key}`,
    ...(action === 'create' ? [] : differences.map(fieldText)),
  ]);
  const kept = plan.kept.map(({ section, key }) => `${section}/${key}`);
  return [
    ...lines,
    ...(lines.length === 0 ? ['No changes.'] : ['', countText(plan)]),
    ...listed('Not in the file, and kept (--remove removes them):', kept),
    ...listed('It could not work:', plan.problems),
    ...listed('To think of:', plan.notes),
    ...listed(
      'What the linter says:',
      plan.findings.map(({ message }) => message),
    ),
    '',
  ].join('\n');
}

const listed = (title: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : ['', title, ...items.map((item) => `  ${clean(item)}`)];

function fieldText({
  path,
  before,
  after,
}: Plan['changes'][number]['differences'][number]): string {
  if (before === undefined) return `    ${path}: ${valueText(after)}`;
  if (after === undefined) return `    ${path}: ${valueText(before)} → the default`;
  return `    ${path}: ${valueText(before)} → ${valueText(after)}`;
}

function valueText(value: unknown): string {
  const text = clean(JSON.stringify(value) ?? '');
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text;
}

function countText({ changes }: Plan): string {
  const count = (wanted: string): number =>
    changes.filter(({ action }) => action === wanted).length;
  return `${count('create')} to make, ${count('change')} to change, ${count('remove')} to remove.`;
}
