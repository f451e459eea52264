import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { SCOPES } from '../../../src/model/access.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';

type Operations = Readonly<Record<string, { readonly 'x-scope'?: string }>>;

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

test('every route under /v1 says in the document which scope it asks for', async () => {
  const { body } = await api.request('GET', '/openapi.json');
  const scopes = [...SCOPES, 'self', 'open'];
  for (const [path, operations] of Object.entries<Operations>(body.paths)) {
    if (!path.startsWith('/v1')) continue;
    for (const [method, operation] of Object.entries(operations))
      assert.ok(scopes.includes(String(operation['x-scope'])), `${method} ${path}`);
  }
});

test('the audit log cannot be changed, not even by its own program', async () => {
  const { store } = api;
  const actor = { kind: 'system', id: 'test', name: 'Test' } as const;
  const object = { kind: 'queue', id: 'ventas' };
  await store.admin.audit.record({
    at: 1,
    actor,
    action: 'queue.removed',
    object,
    before: { a: 'b\0' },
  });
  const page = await store.admin.audit.list({ objectKind: 'queue' }, { limit: 10 });
  assert.ok(page.ok);
  assert.deepEqual(page.value.items, [
    { seq: 1, at: 1, actor, action: 'queue.removed', object, before: { a: 'b\uFFFD' } },
  ]);
  const client = new pg.Client(api.database.databaseUrl);
  await client.connect();
  try {
    for (const statement of [
      "UPDATE audit_log SET action = 'queue.created'",
      'DELETE FROM audit_log',
      'TRUNCATE audit_log',
    ])
      await assert.rejects(client.query(statement), /append-only/, statement);
  } finally {
    await client.end();
  }
});
