import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  startEmbeddedPostgres,
} from '../../../src/embedded/postgres/postgres.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { eventually } from '../../support/eventually.ts';

let dataDir = '';
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'centralita-postgres-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of running.splice(0)) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(port?: number): Promise<EmbeddedPostgres> {
  const fixed = port === undefined ? {} : { port };
  const server = await startEmbeddedPostgres({ dataDir, log: silentLogger, ...fixed });
  running.push(server);
  return server;
}

/** Another process that has the folder: its child, its database's address and pid. */
async function startChild(): Promise<{ child: ChildProcess; pid: number }> {
  const script = join(import.meta.dirname, '../../support/postgres-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  return { child, pid: Number(String(line).trim().split(' ')[1]) };
}

async function query(server: EmbeddedPostgres, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    const result = await client.query(sql);
    return result.rows?.[0];
  } finally {
    await client.end();
  }
}

test('the second start finds what the first one left', async () => {
  const first = await start();
  assert.equal(first.isNew, true);
  await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  await first.stop();
  const second = await start();
  assert.equal(second.isNew, false);
  assert.deepEqual(await query(second, 'SELECT answer FROM kept'), { answer: 42 });
});

test('a port may be fixed, and one that is taken is said to be', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  await assert.rejects(start(port), (error: Error) => {
    assert.ok(error instanceof EmbeddedPostgresError);
    assert.match(error.message, /Address already in use/);
    return true;
  });
  taken.close();
  await once(taken, 'close');
  assert.equal(new URL((await start(port)).databaseUrl).port, String(port));
});

test('a second instance on the same folder is told so, and the first does not notice', async () => {
  const first = await start();
  await assert.rejects(start(), /in use by another Centralita/);
  assert.deepEqual(await query(first, 'SELECT 1 AS one'), { one: 1 });
});

test('another process with the same folder is told so too', async () => {
  await startChild();
  await assert.rejects(start(), /in use by another Centralita/);
});

test('after a kill -9 of the application its database is found, closed and started again', async () => {
  const { child, pid } = await startChild();
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  const server = await start();
  assert.notEqual(server.pid, pid);
  assert.deepEqual(await query(server, 'SELECT 1 AS one'), { one: 1 });
});

test('after a kill -9 of both the stale postmaster.pid is no hindrance', async () => {
  const { child, pid } = await startChild();
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await exit;
  const server = await start();
  assert.deepEqual(await query(server, 'SELECT 1 AS one'), { one: 1 });
});

test('a postmaster.pid that names some other process is no hindrance', async () => {
  await (await start()).stop();
  await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n`);
  assert.deepEqual(await query(await start(), 'SELECT 1 AS one'), { one: 1 });
});

test('a cluster that was not finished is made anew', async () => {
  await mkdir(join(dataDir, 'postgres.unfinished'), { recursive: true });
  await writeFile(join(dataDir, 'postgres.unfinished', 'PG_VERSION'), '18');
  assert.equal((await start()).isNew, true);
});

test('a database that dies is started again at the same address', async () => {
  const server = await start();
  const { pid, databaseUrl } = server;
  assert.ok(pid);
  process.kill(pid, 'SIGKILL');
  await eventually('the database answers again', () =>
    query(server, 'SELECT 1').then(
      () => server.pid !== pid,
      () => false,
    ),
  );
  assert.equal(server.databaseUrl, databaseUrl);
});

test('a database of another user is refused, and the user named', {
  skip: process.getuid?.() !== 0,
}, async () => {
  const server = await start();
  await server.stop();
  await chown(join(dataDir, 'postgres'), 12_345, 12_345);
  await assert.rejects(start(), /DATA_DIR: .+ belongs to the system user 12345, .+ would run as/);
});
