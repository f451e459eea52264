import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { differences } from '../../../src/api/differences.ts';

it('names the smallest parts that differ; a list of another length is one part', () => {
  const before = { a: { b: 1, c: [1, 2] }, d: [{ e: 1 }], f: null };
  const after = { a: { b: 2, c: [1] }, d: [{ e: 2 }], g: true };
  assert.deepEqual(differences(before, after), [
    { path: 'a.b', before: 1, after: 2 },
    { path: 'a.c', before: [1, 2], after: [1] },
    { path: 'd[0].e', before: 1, after: 2 },
    { path: 'f', before: null },
    { path: 'g', after: true },
  ]);
});

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

it('two documents have a difference exactly when they are not the same', () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      assert.deepEqual(differences(one, structuredClone(one)), []);
      const same = isDeepStrictEqual(one, other);
      assert.equal(differences(one, other).length === 0, same);
    }),
  );
});
