import { type Refusal, refusal } from '../../lib/errors.ts';
import { oneByOne } from '../../lib/one-by-one.ts';
import { err, type Result } from '../../lib/result.ts';
import type { Label, LabelKind } from '../../model/label.ts';
import type { LabelRepository, UsedLabel } from '../../runtime/ports/objects.ts';
import type { Queryable } from '../pool.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

interface LabelRow extends RevisedRow {
  readonly name: string;
  readonly description: string | null;
  readonly agents: number;
  readonly elsewhere: number;
}

/** Where each kind is kept, and what names it: agents; queues, or users and keys. */
const KINDS: Readonly<
  Record<LabelKind, Readonly<Record<'table' | 'agents' | 'elsewhere', string>>>
> = {
  teams: {
    table: 'teams',
    agents: `settings->>'team' = label.id`,
    elsewhere: `(SELECT count(*) FROM users WHERE label.id = ANY (teams))
        + (SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND label.id = ANY (teams))`,
  },
  skills: {
    table: 'skills',
    agents: 'skills ? label.id',
    elsewhere: `(SELECT count(*) FROM queues WHERE settings->'requiredSkills' ? label.id)`,
  },
  groups: {
    table: 'agent_groups',
    agents: `settings->'groupIds' ? label.id`,
    elsewhere: `(SELECT count(*) FROM queues
        WHERE jsonb_path_query_array(settings, '$.relaxation[*].addGroups[*]') ? label.id)`,
  },
};

function tableOf(kind: LabelKind): KeyedTable<UsedLabel, LabelRow> {
  const { table, agents, elsewhere } = KINDS[kind];
  return {
    noun: kind.slice(0, -1),
    table,
    keyColumn: 'id',
    select: `SELECT id AS key, name, description, revision, updated_at,
      (SELECT count(*) FROM agents WHERE ${agents})::int AS agents, (${elsewhere})::int AS elsewhere
      FROM ${table} AS label`,
    columns: { id: 'text', name: 'text', description: 'text' },
    rowOf: ({ id, name, description }) => ({ id, name, description }),
    toItem: (row) => ({ ...labelOf(row), agents: row.agents, elsewhere: row.elsewhere }),
  };
}

const labelOf = ({ key, name, description }: LabelRow): Label => ({
  id: key,
  name,
  ...(description === null ? {} : { description }),
});

export function labelRepository(db: Queryable, kind: LabelKind): LabelRepository {
  const base = keyedRepository<UsedLabel, string, LabelRow>(db, tableOf(kind));
  const unused = (label: Label): UsedLabel => ({ ...label, agents: 0, elsewhere: 0 });
  const remove = async (id: string): Promise<Result<undefined, Refusal>> => {
    const label = await base.get(id);
    const uses = (label?.agents ?? 0) + (label?.elsewhere ?? 0);
    if (uses === 0) return base.remove(id);
    return err(refusal('IN_USE', `The ${kind.slice(0, -1)} ${id} is named ${uses} times.`));
  };
  return {
    ...base,
    remove,
    create: (label) => base.create(unused(label)),
    replace: (label) => base.replace(unused(label)),
    createAll: (labels) => base.createAll(labels.map(unused)),
    replaceAll: (labels) => base.replaceAll(labels.map(unused)),
    removeAll: (ids) => oneByOne(ids, String, remove),
  };
}

/** Every one of a kind, in the order of the keys. */
export async function allLabels(db: Queryable, kind: LabelKind): Promise<readonly Label[]> {
  const { rows } = await db.query<LabelRow>(
    `SELECT id AS key, name, description FROM ${KINDS[kind].table} ORDER BY id`,
  );
  return rows.map(labelOf);
}
