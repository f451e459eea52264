import type { QueryResultRow } from 'pg';
import type { Settings } from '../../model/settings.ts';
import type { SettingsRepository, StoredSettings } from '../../runtime/ports/settings.ts';
import type { Queryable } from '../pool.ts';

interface SettingsRow extends QueryResultRow {
  readonly settings: Partial<Settings>;
  readonly revision: number;
  readonly updated_at: Date;
}

const COLUMNS = 'settings, revision, updated_at';

/** There is one row, from the beginning, so that there is always something to change. */
export const settingsRepository = (db: Queryable): SettingsRepository => ({
  async get() {
    const { rows } = await db.query<SettingsRow>(`SELECT ${COLUMNS} FROM house_settings`);
    return storedIn(rows);
  },
  async put(own) {
    const { rows } = await db.query<SettingsRow>(
      `UPDATE house_settings SET settings = $1, revision = revision + 1, updated_at = now()
       RETURNING ${COLUMNS}`,
      [JSON.stringify(own)],
    );
    return storedIn(rows);
  },
});

function storedIn([row]: readonly SettingsRow[]): StoredSettings {
  if (!row) throw new Error('The row of the settings is missing.');
  return { own: row.settings, revision: row.revision, updatedAt: row.updated_at.getTime() };
}
