import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFromOwnPage, presentedBy } from '../../../src/lib/presented.ts';

test('a header comes before the cookie, and one that cannot be read is no reason to look further', () => {
  const cookie = 'theme=dark; centralita_session=cs_1; x=y';
  assert.deepEqual(presentedBy({ cookie }), { secret: 'cs_1', by: 'cookie' });
  assert.deepEqual(presentedBy({ cookie, authorization: 'bearer k' }), {
    secret: 'k',
    by: 'header',
  });
  assert.deepEqual(presentedBy({ cookie, 'x-api-key': 'k' }), { secret: 'k', by: 'header' });
  assert.equal(presentedBy({ cookie, authorization: 'Basic eDp5' }), undefined);
  assert.equal(presentedBy({ cookie: 'centralita_session=' }), undefined);
  assert.equal(presentedBy({ cookie: 'not_centralita_session=cs_1' }), undefined);
  assert.equal(presentedBy({}), undefined);
});

test('a page of another site is told from our own, and from a program', () => {
  const host = 'centralita.example:8080';
  assert.equal(isFromOwnPage({ host }), true);
  assert.equal(isFromOwnPage({ host, origin: 'https://centralita.example:8080' }), true);
  assert.equal(isFromOwnPage({ host, 'sec-fetch-site': 'same-origin' }), true);
  assert.equal(isFromOwnPage({ host, 'sec-fetch-site': 'cross-site' }), false);
  assert.equal(isFromOwnPage({ host, 'sec-fetch-site': 'same-site' }), false);
  assert.equal(isFromOwnPage({ host, origin: 'https://evil.example' }), false);
  assert.equal(isFromOwnPage({ host, origin: 'null' }), false);
});
