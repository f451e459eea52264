import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDatabaseJson } from '../../../src/store/json.ts';
import { ha1, hashPin, newApiKey, pinMatches } from '../../../src/store/secrets.ts';

test('HA1 is that of RFC 7616 section 3.9.1', () => {
  // The response of the example needs this HA1; the value is computed from its user, realm and password.
  assert.equal(
    ha1('md5', 'Mufasa', 'http-auth@example.org', 'Circle of Life'),
    '3d78807defe7de2157e2b0b6573a855f',
  );
  assert.equal(
    ha1('sha256', 'Mufasa', 'http-auth@example.org', 'Circle of Life'),
    '7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232',
  );
});

test('a PIN matches its hash and no other', async () => {
  const hash = await hashPin('2741');
  assert.equal(await pinMatches('2741', hash), true);
  assert.equal(await pinMatches('2742', hash), false);
  assert.notEqual(await hashPin('2741'), hash);
  for (const broken of ['', 'scrypt$', 'plain$1$2$3'])
    assert.equal(await pinMatches('1', broken), false);
});

test('keys are long and never the same', () => {
  assert.match(newApiKey(), /^ck_[\w-]{43}$/);
  assert.notEqual(newApiKey(), newApiKey());
});

test('JSON for the database has no NUL and no half of a surrogate pair', () => {
  const json = toDatabaseJson({ 'a\0': ['b\0', '\ud800x', 'c\\u0000', '😀'] });
  assert.deepEqual(JSON.parse(json), { 'a\uFFFD': ['b\uFFFD', '\uFFFDx', 'c\\u0000', '😀'] });
  assert.throws(() => toDatabaseJson({ big: 1n }));
});
