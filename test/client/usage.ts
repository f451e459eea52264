// What a developer of the company would write: compiled against the generated types, and run, by
// test/integration/api/client.test.ts. It is no part of the program's own type check, because the types are made there.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { paths } from './centralita.d.ts';

export async function use(baseUrl: string, key: string): Promise<void> {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${key}` } });

  const made = await client.POST('/v1/queues', {
    body: { id: 'clientes', name: 'Clientes' },
    params: { header: { 'idempotency-key': 'the-first-queue' } },
  });
  assert.equal(made.data?.name, 'Clientes');
  const strategy: string | undefined = made.data?.strategy;
  assert.ok(strategy);

  // The same again under the same key: done once, answered twice.
  const again = await client.POST('/v1/queues', {
    body: { id: 'clientes', name: 'Clientes' },
    params: { header: { 'idempotency-key': 'the-first-queue' } },
  });
  assert.equal(again.response.headers.get('idempotency-replayed'), 'true');

  const page = await client.GET('/v1/queues', { params: { query: { limit: 1 } } });
  const first = page.data?.items[0];
  const live: number | undefined = first?.live?.waiting;
  assert.equal(live, undefined);

  const agent = await client.POST('/v1/agents', {
    body: { id: '1001', name: 'Carmen', extension: '1001', queueIds: ['clientes'], team: 'norte' },
  });
  assert.equal(agent.data?.team, 'norte');
  const changed = await client.PATCH('/v1/agents/{id}', {
    params: { path: { id: '1001' } },
    body: { team: null },
  });
  assert.equal(changed.data?.team, undefined);

  const lost = await client.GET('/v1/agents/{id}', { params: { path: { id: 'nobody' } } });
  const code: string | undefined = lost.error?.code;
  assert.equal(code, 'NOT_FOUND');

  const who = await client.GET('/v1/session');
  assert.equal(who.data?.kind, 'key');

  // What the document does not know, the compiler refuses.
  // @ts-expect-error There is no such path.
  await client.GET('/v1/nothing');
  await client.POST('/v1/queues', {
    // @ts-expect-error A name is a text.
    body: { id: 'x', name: 5 },
  });
  await client.POST('/v1/numbers', {
    // @ts-expect-error A number's flow is needed.
    body: { dnis: '1', name: 'X', language: 'en', country: 'US' },
  });

  const removed = await client.DELETE('/v1/agents/{id}', { params: { path: { id: '1001' } } });
  assert.equal(removed.response.status, 204);
}
