import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CallId } from '../../../src/model/ids.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
  await api.request('POST', '/v1/queues', { id: 'ventas', name: 'Ventas' });
});
after(() => api.stop());

test('while the database is away the API says so, shows what is live, and mends itself', async () => {
  for (const id of ['first', 'second'])
    api.control.change({
      topic: 'calls',
      call: { id: id as CallId, stage: 'queued', arrivedAt: 1, context: {} as never },
    });
  await api.database.goAway();
  const list = await api.request('GET', '/v1/queues');
  assert.deepEqual([list.status, list.body.code], [503, 'DATABASE_AWAY']);
  assert.equal(list.headers['retry-after'], '2');
  const change = await api.request('PATCH', '/v1/queues/ventas', { name: 'Otra' });
  assert.equal(change.body.code, 'DATABASE_AWAY');
  assert.equal((await api.request('GET', '/v1/calls')).status, 200);
  // What can be done without the database is done, and is in the audit log in its order once it is back.
  for (const id of ['first', 'second'])
    assert.equal((await api.request('DELETE', `/v1/calls/${id}`)).status, 204);
  assert.equal((await api.request('GET', '/healthz')).status, 200);
  const ready = await api.request('GET', '/readyz');
  // Whoever took the house out of service, or restarted it, would end what it can do without the database.
  assert.deepEqual([ready.status, ready.body.status], [200, 'degraded']);
  const database = ready.body.checks.find(({ name }: { name: string }) => name === 'database');
  assert.match(database.detail, /Do not restart/);

  await api.database.comeBack();
  await eventually('the list is there again', async () => {
    const { status, body } = await api.request('GET', '/v1/queues');
    return status === 200 && body.items[0].name === 'Ventas';
  });
  assert.equal((await api.request('GET', '/readyz')).body.status, 'ok');
  const entries = await eventually('the audit log has caught up', async () => {
    const { items } = (await api.request('GET', '/v1/audit?action=calls.delete&order=oldest')).body;
    return items.length === 2 ? items : undefined;
  });
  const said = entries.map(({ object }: { object: { id: string } }) => object.id);
  assert.deepEqual(said, ['first', 'second']);
});
