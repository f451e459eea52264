import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import Type from 'typebox';
import { madeOnce } from '../../../src/api/made-once.ts';
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

test('an answer of the same parts is made once and written once, in lists and by itself; of other parts anew', async () => {
  const app = Fastify();
  registerSerialization(app);
  let made = 0;
  let written = 0;
  const answerOf = madeOnce((of: { readonly id: string }, view?: { readonly state: string }) => {
    made += 1;
    return {
      ...of,
      live: view,
      secret: 'x',
      get name() {
        written += 1;
        return of.id.toUpperCase();
      },
    };
  });
  const Item = Type.Object({
    id: Type.String(),
    name: Type.String(),
    live: Type.Optional(Type.Object({ state: Type.String() })),
  });
  const Page = Type.Object({ items: Type.Array(Item), next: Type.Optional(Type.String()) });
  const [a, b] = [{ id: 'a' }, { id: 'b' }];
  let view = { state: 'ready' };
  app.get('/list', { schema: { response: { 200: Page } } }, async () => ({
    items: [answerOf(a, view), answerOf(b)],
    next: 'more',
  }));
  app.get('/none', { schema: { response: { 200: Page } } }, async () => ({ items: [] }));
  app.get('/one', { schema: { response: { 200: Item } } }, async () => answerOf(a, view));
  const get = async (path: string) => JSON.parse((await app.inject(path)).body);
  const shown = (state: string) => ({ id: 'a', name: 'A', live: { state } });
  const list = { items: [shown('ready'), { id: 'b', name: 'B' }], next: 'more' };
  assert.deepEqual(await get('/list'), list);
  assert.deepEqual(await get('/list'), list);
  assert.deepEqual([made, written], [2, 2]);
  assert.deepEqual(await get('/one'), shown('ready'));
  assert.deepEqual(await get('/one'), shown('ready'));
  assert.deepEqual([made, written], [2, 3], 'each route writes for itself');
  view = { state: 'talking' };
  assert.deepEqual((await get('/list')).items[0], shown('talking'));
  assert.deepEqual(await get('/one'), shown('talking'));
  assert.deepEqual([made, written], [3, 5]);
  assert.deepEqual(await get('/none'), { items: [] });
  await app.close();
});
