import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { silentLogger } from '../../../src/lib/log.ts';
import { MigrationError, migrate } from '../../../src/store/migrations.ts';
import { openPool, type Pool } from '../../../src/store/pool.ts';
import { startTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
let pool: Pool;
let folder = '';

before(async () => {
  database = await startTestDatabase();
  const limits = { name: 'test', size: 3, queryMsMax: 10_000 };
  pool = openPool(database.databaseUrl, limits, silentLogger);
});
after(async () => {
  await pool.end();
  await database.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centralita-migrations-'));
  await writeFile(join(folder, '0001_one.sql'), 'CREATE TABLE one (n int);');
});
afterEach(async () => {
  await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await rm(folder, { recursive: true });
});

test('what is new is applied once, in order', async () => {
  assert.deepEqual(await migrate(pool, silentLogger, folder), ['0001_one.sql']);
  await writeFile(join(folder, '0002_two.sql'), 'ALTER TABLE one ADD m int;');
  assert.deepEqual(await migrate(pool, silentLogger, folder), ['0002_two.sql']);
  assert.deepEqual(await migrate(pool, silentLogger, folder), []);
});

test('two that start together apply it once', async () => {
  const both = await Promise.all([1, 2].map(() => migrate(pool, silentLogger, folder)));
  assert.deepEqual(both.flat(), ['0001_one.sql']);
});

test('one that fails leaves nothing, not even those before it', async () => {
  await writeFile(join(folder, '0002_two.sql'), 'CREATE TABLE two (n int); SELECT nonsense;');
  await assert.rejects(migrate(pool, silentLogger, folder), /nonsense/);
  const { rows } = await pool.query(`SELECT to_regclass('one') AS one, to_regclass('two') AS two`);
  assert.deepEqual(rows[0], { one: null, two: null });
});

test('a file that was changed after it had been applied stops the start', async () => {
  await migrate(pool, silentLogger, folder);
  await writeFile(join(folder, '0001_one.sql'), 'CREATE TABLE one (n bigint);');
  await assert.rejects(migrate(pool, silentLogger, folder), MigrationError);
});

test('a database that is newer than the program stops the start', async () => {
  await migrate(pool, silentLogger, folder);
  await rm(join(folder, '0001_one.sql'));
  await assert.rejects(migrate(pool, silentLogger, folder), /newer than this program/);
});

test('the real ones apply', async () => {
  assert.ok((await migrate(pool, silentLogger)).length > 0);
  const { rows } = await pool.query(
    `SELECT ensure_month_partition('cdrs', '2026-02-28T23:59:59Z')`,
  );
  assert.equal(rows.length, 1);
  const found = await pool.query(`SELECT to_regclass('cdrs_2026_02') AS found`);
  assert.equal(found.rows[0]?.found, 'cdrs_2026_02');
});
