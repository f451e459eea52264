import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../../src/lib/cursor.ts';

test('a cursor holds any key', () => {
  const part = fc.string().filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), (key) => {
      const decoded = decodeCursor(encodeCursor(key), key.length);
      assert.deepEqual(decoded, { ok: true, value: key });
    }),
  );
});

test('whatever is not a cursor is refused, and nothing throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const decoded = decodeCursor(text, 2);
      assert.equal(decoded.ok, false);
    }),
  );
  assert.equal(decodeCursor('x'.repeat(100_000), 1).ok, false);
  assert.equal(decodeCursor(encodeCursor(['a\0']), 1).ok, false);
  assert.equal(decodeCursor(encodeCursor(['a']), 2).ok, false);
  assert.deepEqual(decodeCursor(undefined, 2), { ok: true, value: undefined });
});
