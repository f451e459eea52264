import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { lockFolder } from '../../src/lib/folder-lock.ts';
import { silentLogger as log } from '../../src/lib/log.ts';
import { SoleOwner } from '../../src/store/sole-owner.ts';
import { freePort, freeRange } from '../support/ports.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = process.env.TEST_BUILT ? ['dist/main.js'] : ['--import', 'tsx', 'src/main.ts'];
const HOST = '127.0.0.1';

let database: TestDatabase;
let folder: string;
before(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'centralita-start-'));
});
after(async () => {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A start that must not succeed: its exit status, and all that it says on standard error. */
async function start(env: Readonly<Record<string, string>>) {
  const rtpMin = await freeRange(20);
  const child = spawn(process.execPath, PROGRAM, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 60_000,
    env: {
      ...{ PATH: process.env.PATH, LOG_LEVEL: 'silent', SEED_EXAMPLE: 'false' },
      ...{ DATA_DIR: join(folder, 'data'), DATABASE_URL: database.databaseUrl },
      ...{ HTTP_PORT: '0', SIP_HOST: HOST, SIP_PORT: '0' },
      ...{ RTP_PORT_MIN: String(rtpMin), RTP_PORT_MAX: String(rtpMin + 19) },
      ...env,
    },
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

/** One line that says so, and the end. */
async function refuses(env: Readonly<Record<string, string>>, why: RegExp): Promise<void> {
  const { code, said } = await start(env);
  assert.match(said, why);
  assert.equal(said.trimEnd().split('\n').length, 1, said);
  assert.equal(code, 1);
}

/** Somebody else has the port. */
async function taken(use: (port: number) => Promise<void>): Promise<void> {
  const port = await freePort();
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  await use(port);
  server.close();
  await once(server, 'close');
}

test('a port in use is named with its variables: HTTP, SIP, RTP', async () => {
  await taken((port) =>
    refuses({ HTTP_PORT: String(port) }, new RegExp(`HTTP_PORT: ${HOST}:${port} is in use`)),
  );
  await taken((port) =>
    refuses(
      { SIP_PORT: String(port) },
      new RegExp(`SIP_PORT: SIP port ${HOST}:${port}/tcp is in use`),
    ),
  );
  await taken((port) =>
    refuses(
      { RECOGNISERS: 'es=ws://127.0.0.1:1', AUDIO_PORT: String(port) },
      new RegExp(`AUDIO_HOST and AUDIO_PORT: .+${port}`),
    ),
  );
  const first = await freeRange(4);
  const sockets = [0, 1, 2, 3].map((n) => createSocket('udp4').bind(first + n, HOST));
  await Promise.all(sockets.map((socket) => once(socket, 'listening')));
  const range = { RTP_PORT_MIN: String(first), RTP_PORT_MAX: String(first + 3) };
  await refuses(range, /RTP_PORT_MIN and RTP_PORT_MAX: .+ none of them can be opened/);
  for (const socket of sockets) socket.close();
});

test('files for TLS that are not there are named with their variables', () =>
  refuses(
    { SIP_TLS_CERTIFICATE: join(folder, 'none'), SIP_TLS_KEY: join(folder, 'none') },
    /SIP_TLS_CERTIFICATE, .+ENOENT.+none/,
  ));

test('an address that is not of this machine is named with its variable', () =>
  refuses({ SIP_HOST: '192.0.2.1' }, /SIP_HOST and SIP_PORT: .+EADDRNOTAVAIL/));

test('a data folder of another Centralita, or none at all, is named with its variable', async () => {
  const lock = await lockFolder(folder);
  await refuses({ DATA_DIR: folder }, /in use by another Centralita.+DATA_DIR/);
  lock.release();
  const file = join(folder, 'file');
  await writeFile(file, '');
  await refuses({ DATA_DIR: join(file, 'data') }, /DATA_DIR: .+ it is no folder/);
  await refuses({ DATA_DIR: '/proc/centralita' }, /DATA_DIR: .+ cannot be made/);
});

test('a database of another Centralita, or one that refuses us, is named with its variable', async () => {
  const { databaseUrl } = database;
  const owner = await SoleOwner.of({ databaseUrl, clock, log });
  await refuses({}, /DATABASE_URL: the database is in use by another Centralita/);
  await owner.close();
  const url = new URL(databaseUrl);
  url.password = 'wrong';
  await refuses({ DATABASE_URL: url.href }, /DATABASE_URL: .*password authentication failed/);
});
