import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { systemClock as clock } from '../../../src/lib/clock.ts';
import { silentLogger as log } from '../../../src/lib/log.ts';
import { DatabaseInUseError, SoleOwner } from '../../../src/store/sole-owner.ts';
import { DatabaseLink } from '../../support/database-link.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
const owners: SoleOwner[] = [];

before(async () => {
  database = await startTestDatabase();
});
afterEach(async () => {
  for (const owner of owners.splice(0)) await owner.close();
});
after(() => database.stop());

async function own(databaseUrl = database.databaseUrl, inUseMsMax = 0): Promise<SoleOwner> {
  const owner = await SoleOwner.of({ databaseUrl, clock, log, inUseMsMax });
  owners.push(owner);
  return owner;
}

async function through(link: DatabaseLink): Promise<string> {
  const url = new URL(database.databaseUrl);
  url.port = String(link.port);
  return url.href;
}

const openLink = () => {
  const { hostname: host, port } = new URL(database.databaseUrl);
  return DatabaseLink.open({ host, port: Number(port) });
};

test("a database is one house's; the second is told whose, and has it when the first has left", async () => {
  const first = await own();
  await assert.rejects(own(), (error: Error) => {
    assert.ok(error instanceof DatabaseInUseError);
    assert.match(
      error.message,
      /^DATABASE_URL: the database is in use by another Centralita \(.+, from /,
    );
    return true;
  });
  assert.deepEqual(await first.health.check(), { ok: true });
  const waiting = own(database.databaseUrl, 20_000);
  await first.close();
  assert.deepEqual(await (await waiting).health.check(), { ok: true });
});

test('the way to the database breaks: the house has it again as soon as it is back', async () => {
  const link = await openLink();
  const owner = await own(await through(link));
  await link.cut();
  await link.connect();
  await assertRefused();
  assert.deepEqual(await owner.health.check(), { ok: true });
  await link.cut();
});

test('somebody else took it while the way was broken: the house is not ready until they leave', async () => {
  const link = await openLink();
  const owner = await own(await through(link));
  await link.cut();
  const thief = await eventually('the lock to be free', () => own().catch(() => undefined));
  await link.connect();
  const isOk = async () => (await owner.health.check()).ok;
  await eventually('it to be noticed', async () => !(await isOk()));
  assert.match((await owner.health.check()).detail ?? '', /^Another Centralita has the database: /);
  await thief.close();
  await eventually('it to be ours again', isOk);
  await assertRefused();
  await link.cut();
});

test('a database that refuses us is said to, at once', async () => {
  const url = new URL(database.databaseUrl);
  url.password = 'wrong';
  await assert.rejects(own(url.href), /^Error: DATABASE_URL: .+password authentication failed/);
});

/** Somebody has it. */
async function assertRefused(): Promise<void> {
  await eventually('nobody else to get it', () =>
    own().then(
      async () => {
        await owners.pop()?.close();
        return false;
      },
      (error) => error instanceof DatabaseInUseError,
    ),
  );
}
