import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { openHouse } from '../../src/house.ts';
import { CodedError, refusal } from '../../src/lib/errors.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { whyNotStarted } from '../../src/start-failure.ts';

const folder = await mkdtemp(join(tmpdir(), 'centralita-start-'));
after(() => rm(folder, { recursive: true, force: true }));

test('A data folder that is a file stops the start, and is named', async () => {
  const dataDir = join(folder, 'file');
  await writeFile(dataDir, '');
  const config = parseConfig({ DATA_DIR: dataDir });
  assert.ok(config.ok);
  const error = await openHouse(config.value, silentLogger).catch((reason: unknown) => reason);
  assert.match(
    whyNotStarted(error, config.value),
    /^DATA_DIR: \S+file cannot be used, it is no folder/,
  );
});

test('A data folder where none can be made stops the start, and is named', async () => {
  for (const dataDir of ['/proc/x', '/proc/x/y']) {
    const config = parseConfig({ DATA_DIR: dataDir });
    assert.ok(config.ok);
    const error = await openHouse(config.value, silentLogger).catch((reason: unknown) => reason);
    assert.match(
      whyNotStarted(error, config.value),
      /^DATA_DIR: \/proc\/x\S* cannot be used, it is not there and cannot be made/,
    );
  }
});

test('A full disk is that of the data; another file is named in the words of the system', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
  });
  assert.match(
    whyNotStarted(full, { dataDir: '/data' }),
    /^DATA_DIR: \/data cannot be used, its disk is full/,
  );
  const another = Object.assign(new Error('EACCES: key.pem'), {
    code: 'EACCES',
    path: '/etc/key.pem',
  });
  assert.equal(whyNotStarted(another, { dataDir: '/data' }), 'EACCES: key.pem');
  assert.equal(whyNotStarted(new Error('Say why.'), { dataDir: '/data' }), 'Say why.');
});

test('What PostgreSQL or a coded error says of a full disk names whose it is', () => {
  const said = 'could not extend file "base/5/1255": No space left on device';
  const coded = new CodedError(refusal('DATABASE_AWAY', 'Nothing was changed.'), new Error(said));
  assert.equal(
    whyNotStarted(coded, { dataDir: '/data' }),
    `DATA_DIR: /data cannot be used, its disk is full (${said})`,
  );
  assert.equal(
    whyNotStarted(coded, { dataDir: '/data', databaseUrl: 'postgres://elsewhere/centralita' }),
    `DATABASE_URL: the database cannot be used, its disk is full (${said})`,
  );
});
