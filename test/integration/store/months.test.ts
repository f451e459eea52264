import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { DAY_MS, type EpochMs } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { openPool, type Pool } from '../../../src/store/pool.ts';
import { keepMonths } from '../../../src/store/reports/retention.ts';
import { startTestStore, type TestStore } from '../../support/postgres.ts';

// O5: months come and go on time, in a database whose own clocks change: they are UTC's, whatever its time zone is.

const ZONES = ['America/Santiago', 'Europe/Madrid', 'Pacific/Apia', 'UTC'];
const at = (text: string): EpochMs => Date.parse(text);

let test_: TestStore;
let pool: Pool;
before(async () => {
  test_ = await startTestStore();
});
after(async () => {
  await pool?.end();
  await test_.stop();
});

/** Connections of a database that lives in the zone. */
async function openIn(zone: string): Promise<void> {
  await pool?.end();
  const { databaseUrl } = test_.database;
  const admin = new pg.Client(databaseUrl);
  await admin.connect();
  await admin.query(
    `ALTER DATABASE ${admin.escapeIdentifier(admin.database ?? '')} SET timezone = '${zone}'`,
  );
  await admin.end();
  pool = openPool(databaseUrl, { name: 'months', size: 1, queryMsMax: 10_000 }, silentLogger);
  const { rows } = await pool.query<{ TimeZone: string }>('SHOW timezone');
  assert.equal(Object.values(rows[0] ?? {})[0], zone);
}

async function write(moments: readonly EpochMs[]): Promise<void> {
  for (const moment of moments)
    await pool.query(
      `INSERT INTO agent_states (agent_id, seq, at, kind) VALUES ('1001', $1, $2, 'ready')`,
      [moment, new Date(moment)],
    );
}

/** By the partition that each is in. */
async function kept(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ part: string; at: Date }>(
    'SELECT tableoid::regclass::text AS part, at FROM agent_states ORDER BY at',
  );
  return rows.map((row) => `${row.part} ${row.at.toISOString()}`);
}

for (const zone of ZONES)
  test(`the last moment of a month is in it, the next in the next, and they go apart: ${zone}`, async () => {
    await openIn(zone);
    await pool.query('DELETE FROM agent_states');
    const edges = ['2026-04', '2026-09', '2026-10', '2026-11', '2027-01', '2028-03'];
    for (const month of edges) {
      const first = at(`${month}-01T00:00:00Z`);
      const before = first - 1;
      // The last week of a month makes the next, before anything of it comes.
      await keepMonths(pool, before, { recordMonths: 1, figureMonths: 1 });
      await write([before, first]);
      const label = (moment: EpochMs) => new Date(moment).toISOString();
      const part = (moment: EpochMs) =>
        `agent_states_${label(moment).slice(0, 7).replace('-', '_')}`;
      const both = [before, first].map((moment) => `${part(moment)} ${label(moment)}`);
      assert.deepEqual(await kept(), both);
      const keeping = { recordMonths: 0, figureMonths: 0 };
      assert.equal(await keepMonths(pool, before, keeping), 0, 'its month is not over');
      assert.deepEqual(await kept(), both);
      assert.ok((await keepMonths(pool, first, keeping)) > 0, 'now it is');
      assert.deepEqual(await kept(), both.slice(1));
      await keepMonths(pool, first + 40 * DAY_MS, keeping);
      assert.deepEqual(await kept(), []);
    }
  });
