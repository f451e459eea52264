import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChildPart } from '../../../src/lib/child-part.ts';
import { eventually } from '../../support/eventually.ts';

const url = new URL('../../support/echoing-child.ts', import.meta.url);

test('A part in a process of its own takes its orders, knows no secrets, and dies alone', async () => {
  const news: unknown[] = [];
  const deaths: string[] = [];
  const child = new ChildPart<object, unknown>(
    url,
    { model: 'x' },
    { news: (each) => news.push(each), died: (why) => deaths.push(why) },
  );
  const samples = new Int16Array([1, -2, 3]);
  child.send({ samples });
  await eventually('an echo', () => news.length === 2);
  assert.deepEqual(news, [{ data: { model: 'x' }, environment: [] }, { samples }]);
  child.send({ die: true });
  await eventually('its death', () => deaths.length > 0);
  assert.deepEqual(deaths, ['Its process ended (SIGSEGV). its last words']);
  child.send({ samples });
  child.kill();
});
