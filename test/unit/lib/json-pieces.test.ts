import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembled, jsonOfList, piecesOf } from '../../../src/lib/json-pieces.ts';
import { readJsonAside } from '../../../src/lib/json-thread.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `a${n}`, n, no: null }));

test('long lists are carried in pieces, in their order, and the document is the same again', async () => {
  const deep = { a: { b: { c: { d: many(250) } } } };
  for (const document of [
    { document: { agents: many(1_050), queues: many(3), users: [] }, remove: true },
    { agents: many(101) },
    many(350),
    deep,
    'text',
    null,
  ]) {
    const carried = piecesOf(document);
    for (const { json } of carried.pieces) assert.ok(JSON.parse(json).length <= 100);
    assert.deepEqual(await assembled(carried), document);
  }
  assert.equal(piecesOf({ document: { agents: many(1_050) } }).pieces.length, 11);
  assert.equal(piecesOf(deep).pieces.length, 0, 'nobody looks so deep');
});

test('a list that is written in turns is what JSON.stringify makes of it', async () => {
  for (const count of [0, 1, 100, 101, 250])
    assert.equal(await jsonOfList(many(count)), JSON.stringify(many(count)));
});

test('a large document is read beside the calls; what is wrong or odd is left to whoever says so', async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const document = { document: { agents: many(5_000), name: 'ñ' } };
  assert.deepEqual(await readJsonAside(bytes(JSON.stringify(document))), { value: document });
  for (const text of [
    '{"document":',
    '',
    `${'['.repeat(70)}${']'.repeat(70)}`,
    '{"__proto__":{"isAdmin":true}}',
    '{"\\u005f_proto__":1}',
    '{"constructor":{"prototype":{}}}',
  ])
    assert.equal(await readJsonAside(bytes(text)), undefined, text);
});
