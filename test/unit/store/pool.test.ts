import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolClient } from 'pg';
import { createLogger } from '../../../src/lib/log.ts';
import { openPool } from '../../../src/store/pool.ts';

test('a connection that the database ends is told of, unless it is going anyway', async () => {
  const said: string[] = [];
  const log = createLogger('warn', { stream: { write: (line) => void said.push(line) } });
  const limits = { name: 'routing', size: 1, queryMsMax: 1_000 };
  const pool = openPool('postgres://nobody@127.0.0.1:1/nothing', limits, log);
  // As the pool passes on what an idle client says (57P01, admin_shutdown).
  const shownOut = () =>
    pool.emit('error', new Error('terminating connection'), undefined as unknown as PoolClient);
  shownOut();
  assert.match(said.join(), /"pool":"routing".*A database connection was lost/);
  const ended = pool.end();
  shownOut();
  await ended;
  shownOut();
  assert.equal(said.length, 1);
});
