import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDigestCredentials } from '../../../src/lib/auth-header.ts';
import { expectedResponse, ha1 } from '../../../src/lib/digest.ts';
import { answers, challenge, readAnswer } from '../../../src/registrar/digest.ts';

/** RFC 7616 section 3.9.1: one request answered with both algorithms. */
const rfc7616 = {
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

describe('digest', () => {
  test('RFC 7616 section 3.9.1, MD5', () => {
    const key = ha1('MD5', 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    assert.equal(
      expectedResponse({ algorithm: 'MD5', ...rfc7616 }, key, 'GET'),
      '8ca523f5e9506fed4657c9700eebdbec',
    );
  });

  test('RFC 7616 section 3.9.1, SHA-256', () => {
    const key = ha1('SHA-256', 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    assert.equal(
      expectedResponse({ algorithm: 'SHA-256', ...rfc7616 }, key, 'GET'),
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  test('RFC 2617 section 3.5', () => {
    const key = ha1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
    const answer = {
      algorithm: 'MD5' as const,
      uri: '/dir/index.html',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      nc: '00000001',
      cnonce: '0a4f113b',
    };
    assert.equal(expectedResponse(answer, key, 'GET'), '6629fae49393a05397450978507c4ef1');
  });

  const params = {
    username: '1001',
    realm: 'centralita',
    nonce: 'n',
    uri: 'sip:centralita',
    cnonce: 'c',
    nc: '00000001',
    qop: 'auth',
    response: 'A'.repeat(32),
  };

  test('an answer without an algorithm is MD5, and its response is read in any case', () => {
    const answer = readAnswer(params);
    assert.equal(answer?.algorithm, 'MD5');
    assert.equal(answer?.response, 'a'.repeat(32));
  });

  for (const [title, over] of [
    ['without qop', { qop: '' }],
    ['auth-int', { qop: 'auth-int' }],
    ['an unknown algorithm', { algorithm: 'SHA-512-256' }],
    ['a session algorithm', { algorithm: 'MD5-sess' }],
    ['a short nonce count', { nc: '1' }],
    ['a response of another length', { response: 'a'.repeat(64) }],
    ['a response that is not hexadecimal', { response: 'x'.repeat(32) }],
    ['no user', { username: '' }],
  ] as const)
    test(`is no answer: ${title}`, () =>
      assert.equal(readAnswer({ ...params, ...over }), undefined));

  test('the key that is compared with belongs to the algorithm', () => {
    const credentials = {
      extension: '1001',
      ha1Md5: ha1('MD5', '1001', 'centralita', 'pw'),
      ha1Sha256: ha1('SHA-256', '1001', 'centralita', 'pw'),
    };
    for (const algorithm of ['MD5', 'SHA-256'] as const) {
      const right = ha1(algorithm, '1001', 'centralita', 'pw');
      const unsigned = { ...params, algorithm, response: '' };
      const response = expectedResponse(unsigned, right, 'REGISTER');
      assert.equal(answers({ ...unsigned, response }, credentials, 'REGISTER'), true);
      assert.equal(answers({ ...unsigned, response }, credentials, 'INVITE'), false);
    }
  });

  test('a challenge reads back as what it says', () => {
    const text = challenge('SHA-256', 'centralita', 'abc', true);
    assert.deepEqual(
      { ...parseDigestCredentials(text)[0] },
      { realm: 'centralita', nonce: 'abc', stale: 'true', algorithm: 'SHA-256', qop: 'auth' },
    );
  });
});

describe('an Authorization header', () => {
  const read = (text: string) => parseDigestCredentials(text).map((params) => ({ ...params }));

  test('quotes, escapes, tokens and any spacing', () => {
    assert.deepEqual(read('Digest username="a\\"b" ,\tnc=00000001,qop = auth'), [
      { username: 'a"b', nc: '00000001', qop: 'auth' },
    ]);
  });

  test('several lines joined by commas are several credentials', () => {
    assert.deepEqual(read('Digest realm="a", nc=1, Digest realm="b", uri="sip:x,y"'), [
      { realm: 'a', nc: '1' },
      { realm: 'b', uri: 'sip:x,y' },
    ]);
  });

  test('other schemes are passed over', () => {
    assert.deepEqual(read('Basic x=1, Digest realm="b"'), [{ realm: 'b' }]);
  });

  test('the first of two equal names counts, and none is special', () => {
    assert.deepEqual(read('Digest realm="a", realm="b"'), [{ realm: 'a' }]);
    assert.equal(parseDigestCredentials('Digest realm="a"')[0]?.constructor, undefined);
  });

  test('garbage is no credentials, and does not take long', () => {
    for (const text of ['', 'Digest', '===', '"'.repeat(4_000), `Digest ${'a,'.repeat(1_900)}`])
      assert.deepEqual(read(text), []);
    assert.deepEqual(read(`Digest realm="${'x'.repeat(5_000)}"`), []);
  });
});
