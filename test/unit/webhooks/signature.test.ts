import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seal } from '../../../src/lib/seal.ts';
import { newSecret, signedHeaders } from '../../../src/webhooks/signature.ts';

test("the example of Standard Webhooks' own libraries comes out the same", () => {
  const headers = signedHeaders(
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    '{"test": 2432232314}',
    1_614_265_330_000,
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  );
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('with two secrets there are two signatures', () => {
  const [one, two] = [newSecret(), newSecret()];
  const both = signedHeaders('m', '{}', 0, [one, two])['webhook-signature'];
  assert.equal(
    both,
    [one, two]
      .map((secret) => signedHeaders('m', '{}', 0, [secret])['webhook-signature'])
      .join(' '),
  );
});

test('what is sealed comes back with the same key only, and unchanged only', () => {
  const seal = new Seal('one');
  const sealed = seal.close('whsec_abc');
  assert.equal(seal.open(sealed), 'whsec_abc');
  assert.notEqual(sealed, seal.close('whsec_abc'));
  assert.equal(new Seal('another').open(sealed), undefined);
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  const changed = `v1.${bytes.toString('base64url')}`;
  for (const wrong of ['', 'v1.', 'v1.AAAA', sealed.slice(0, -3), changed])
    assert.equal(seal.open(wrong), undefined);
});

test('what a fingerprint was made of cannot be found by guessing without the key', () => {
  const of = (key: string, text: string) => new Seal(key).fingerprint(Buffer.from(text)).toString();
  assert.equal(of('one', '{"pin":"2741"}'), of('one', '{"pin":"2741"}'));
  assert.notEqual(of('one', '{"pin":"2741"}'), of('one', '{"pin":"2742"}'));
  assert.notEqual(of('one', '{"pin":"2741"}'), of('another', '{"pin":"2741"}'));
});
