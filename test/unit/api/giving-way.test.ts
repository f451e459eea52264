import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { registerGivingWay } from '../../../src/api/plugins/giving-way.ts';

test('reads that come all at once begin a few in a turn of the loop, in their order; deeds go before them', async () => {
  const app = Fastify();
  const began: { readonly what: string; readonly turn: number }[] = [];
  let turn = 0;
  const count = (): void => {
    turn += 1;
    if (began.length < 11) setImmediate(count);
  };
  registerGivingWay(app);
  const note = (what: string) => began.push({ what, turn });
  app.get<{ Params: { n: string } }>('/:n', async ({ params }) => note(params.n));
  app.post('/deed', async () => note('deed'));
  await app.ready();
  const reads = Array.from({ length: 10 }, (_, n) => app.inject(`/${n}`));
  const deed = app.inject({ method: 'POST', url: '/deed' });
  setImmediate(count);
  const answers = await Promise.all([...reads, deed]);
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    answers.map(() => 200),
  );
  const order = began.filter(({ what }) => what !== 'deed');
  assert.deepEqual(
    order.map(({ what }) => what),
    Array.from({ length: 10 }, (_, n) => String(n)),
  );
  const inOneTurn = order.map((one) => order.filter((other) => other.turn === one.turn).length);
  assert.ok(Math.max(...inOneTurn) <= 2, `${Math.max(...inOneTurn)} in one turn`);
  assert.ok(began.findIndex(({ what }) => what === 'deed') < 5, 'a deed waits for no read');
  await app.close();
});

test('beyond a limit who reads is told to come again', async () => {
  const app = Fastify();
  registerGivingWay(app);
  app.get('/', async () => 'ok');
  await app.ready();
  const answers = await Promise.all(Array.from({ length: 1_300 }, () => app.inject('/')));
  const refused = answers.filter(({ statusCode }) => statusCode !== 200);
  assert.equal(answers.length - refused.length, 1_000);
  await app.close();
});
