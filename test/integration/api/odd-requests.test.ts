import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { openFrontOf } from '../../support/front.ts';
import {
  KINDS,
  type OddRequest,
  type Operation,
  oddRequest,
  sendRaw,
} from '../../support/odd-requests.ts';
import { diceOf } from '../../support/seed.ts';

let api: TestApi;
let front: Awaited<ReturnType<typeof openFrontOf>>;
/** Objects that every path with an id in it leads to. */
const THERE = {
  queues: {},
  agents: { extension: '77' },
  contacts: { status: 'vip', numbers: ['+525555550001'] },
  calendars: { zone: 'Europe/Madrid', hours: [] },
  teams: {},
};
before(async () => {
  api = await startTestApi({ isBehindFront: true });
  for (const [kind, more] of Object.entries(THERE))
    assert.equal(
      (await api.request('POST', `/v1/${kind}`, { id: 'x', name: 'X', ...more })).status,
      201,
    );
  // Through the thread in front, as everybody comes.
  front = await openFrontOf(api);
});
after(async () => {
  await front.close();
  await api.stop();
});

interface Documented {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

async function operations(): Promise<readonly Operation[]> {
  const { body } = await api.request('GET', '/openapi.json');
  return Object.entries(body.paths as Record<string, Record<string, Documented>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({
        method: method.toUpperCase(),
        path,
        queries: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
      })),
  );
}

/** Of each operation: all kinds, each but once, would be six thousand. */
const KINDS_OF_EACH = Number(process.env.KINDS_OF_EACH ?? 7);
const AT_ONCE = 8;
const LEAK =
  /node_modules|\n\s+at .*:\d+|\bSELECT\b.*\bFROM\b|\bINSERT INTO\b|scrypt\$|\.[jt]s:\d+/;

test('no head, length or query, however odd, is our fault at any route; what was sent, and what came', async (t) => {
  const dice = diceOf(t);
  const all = await operations();
  assert.ok(all.length > 120, `${all.length} operations`);
  // In turns, so that every kind comes to about as many operations, whatever the dice say.
  let turn = dice.between(0, KINDS.length - 1);
  const requests = all.flatMap((operation) =>
    Array.from({ length: KINDS_OF_EACH }, () =>
      oddRequest(operation, KINDS[turn++ % KINDS.length] ?? '', dice, TEST_API_KEY),
    ),
  );
  const came = new Map<string, Map<number, number>>(KINDS.map((kind) => [kind, new Map()]));
  const ask = async (request: OddRequest): Promise<void> => {
    const said = `${request.kind}: ${request.head.slice(0, 400)}${request.body.slice(0, 100)}`;
    const { status, text } = await sendRaw(front.port, request).catch((error: Error) => {
      throw new Error(`${error.message}: ${said}`);
    });
    const isAnswer = (status >= 200 && status < 500) || (status === 0 && request.isCut);
    assert.ok(isAnswer, `${status} ${text.slice(0, 300)}\n${said}`);
    if (status >= 400) assert.doesNotMatch(text, LEAK, said);
    const counts = came.get(request.kind);
    counts?.set(status, (counts.get(status) ?? 0) + 1);
  };
  const waiting = requests.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const request of waiting) await ask(request);
    }),
  );
  let answered = 0;
  for (const [kind, counts] of came) {
    const statuses = [...counts].sort(([one], [other]) => one - other);
    t.diagnostic(
      `${kind}: ${statuses.map(([status, count]) => `${count} × ${status}`).join(', ')}`,
    );
    const sent = statuses.reduce((sum, [, count]) => sum + count, 0);
    assert.ok(sent >= requests.length / KINDS.length - 1, `${kind}: ${sent}`);
    answered += sent;
  }
  assert.equal(answered, requests.length);
  t.diagnostic(`${answered} requests to ${all.length} operations, no 5xx`);
  // Those that are well are still served, with the same key.
  assert.equal((await front.ask('GET', '/v1/queues')).status, 200);
});
