import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { Seal } from '../../lib/seal.ts';
import { Secret } from '../../lib/secret.ts';
import { type TrunkId, trunkId } from '../../model/ids.ts';
import { TRUNK_DEFAULTS, type TrunkConfig, type TrunkWithSecret } from '../../model/trunk.ts';
import type { StoredTrunk, TrunkRepository } from '../../runtime/ports/trunks.ts';
import type { Queryable } from '../pool.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

interface TrunkRow extends RevisedRow {
  readonly name: string;
  readonly settings: Omit<TrunkConfig, 'id' | 'name'>;
  readonly password: string | null;
}

/** The password is not among what is written with the rest. */
const table: KeyedTable<StoredTrunk, TrunkRow> = {
  noun: 'trunk',
  table: 'trunks',
  keyColumn: 'id',
  select: 'SELECT id AS key, name, settings, password, revision, updated_at FROM trunks',
  columns: { id: 'text', name: 'text', settings: 'jsonb' },
  rowOf: ({ id, name, hasPassword: _, ...settings }) => ({ id, name, settings }),
  toItem: (row) => ({ ...configOf(row), hasPassword: row.password !== null }),
};

const configOf = ({ key, name, settings }: TrunkRow): TrunkConfig => ({
  ...TRUNK_DEFAULTS,
  ...settings,
  id: trunkId(key),
  name,
});

export function trunkRepository(db: Queryable, seal: Seal): TrunkRepository {
  const base = keyedRepository<StoredTrunk, TrunkId, TrunkRow>(db, table);
  return {
    ...base,
    create: (trunk) => base.create({ ...trunk, hasPassword: false }),
    replace: (trunk) => base.replace({ ...trunk, hasPassword: false }),
    async setPassword(id, password) {
      const sealed = password === null ? null : seal.close(password);
      const { rowCount } = await db.query('UPDATE trunks SET password = $2 WHERE id = $1', [
        id,
        sealed,
      ]);
      return rowCount === 0 ? err(refusal('NOT_FOUND', `There is no trunk ${id}.`)) : ok(undefined);
    },
  };
}

/** Every trunk with its password, for whoever calls. One whose password cannot be opened has none. */
export async function allTrunks(db: Queryable, seal: Seal): Promise<readonly TrunkWithSecret[]> {
  const { rows } = await db.query<TrunkRow>(`${table.select} ORDER BY id`);
  return rows.map((row) => {
    const password = row.password === null ? undefined : seal.open(row.password);
    return {
      ...configOf(row),
      ...(password === undefined ? {} : { password: new Secret(password) }),
    };
  });
}
