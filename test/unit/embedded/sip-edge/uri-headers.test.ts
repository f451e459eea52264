import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uriHeaders } from '../../../../src/embedded/sip-edge/compose.ts';

test('Headers of a URI are read with their escapes; a URI without any has none', () => {
  assert.deepEqual(uriHeaders(), []);
  assert.deepEqual(uriHeaders('route=%3Csip:a;lr%3E%2C%3Csip:b;lr%3E&Subject=a=b'), [
    ['Route', '<sip:a;lr>,<sip:b;lr>'],
    ['Subject', 'a=b'],
  ]);
});

for (const text of ['Route', '=x', 'a b=c', 'Route=%zz', 'Subject=a%0d%0aVia: x', 'Subject=%00'])
  test(`${text}: no request is made of it`, () => assert.equal(uriHeaders(text), undefined));
