import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import Type from 'typebox';
import { registerSerialization } from '../../../src/api/plugins/serialization.ts';

test('what leaves is what the schema names, at every depth; maps and unions leave whole', async () => {
  const app = Fastify();
  registerSerialization(app);
  const Item = Type.Object({
    id: Type.String(),
    skills: Type.Record(Type.String(), Type.Integer()),
    rule: Type.Union([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Integer() })]),
    live: Type.Optional(Type.Object({ state: Type.String() })),
  });
  const schema = { response: { 200: Type.Object({ items: Type.Array(Item) }) } };
  const item = {
    id: 'a',
    secret: 'x',
    skills: { ventas: 3 },
    rule: { b: 1 },
    live: { state: 'ready', secret: 'x' },
  };
  app.get('/', { schema }, async () => ({ items: [item, { id: 'b' }], secret: 'x' }) as never);
  const { body } = await app.inject('/');
  assert.deepEqual(JSON.parse(body), {
    items: [
      { id: 'a', skills: { ventas: 3 }, rule: { b: 1 }, live: { state: 'ready' } },
      { id: 'b' },
    ],
  });
  await app.close();
});
