import type { QueryResultRow } from 'pg';
import { DIALLING_DEFAULTS, type DiallingRules } from '../../model/trunk.ts';
import type { Stored } from '../../runtime/ports/lists.ts';
import type { DiallingRepository } from '../../runtime/ports/trunks.ts';
import { toDatabaseJson } from '../json.ts';
import type { Queryable } from '../pool.ts';

interface DiallingRow extends QueryResultRow {
  readonly rules: DiallingRules;
  readonly revision: number;
  readonly updated_at: Date;
}

const COLUMNS = 'rules, revision, updated_at';

export const diallingRepository = (db: Queryable): DiallingRepository => ({
  async get() {
    const { rows } = await db.query<DiallingRow>(`SELECT ${COLUMNS} FROM dialling`);
    return rows[0] && stored(rows[0]);
  },
  async put(rules) {
    const { rows } = await db.query<DiallingRow>(
      `INSERT INTO dialling (rules) VALUES ($1) ON CONFLICT (singleton) DO UPDATE
         SET rules = $1, revision = dialling.revision + 1, updated_at = now() RETURNING ${COLUMNS}`,
      [toDatabaseJson(rules)],
    );
    if (!rows[0]) throw new Error('The rules were not written.');
    return stored(rows[0]);
  },
});

const stored = ({ rules, revision, updated_at }: DiallingRow): Stored<DiallingRules> => ({
  ...DIALLING_DEFAULTS,
  ...rules,
  revision,
  updatedAt: updated_at.getTime(),
});
