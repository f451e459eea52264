import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutStrayKeys } from '../../../src/telephony/description-of.ts';

const KEY = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`;

test('Keys of a plain stream are not told, those of one that is secured are', () => {
  const offer = lines(
    'v=0',
    'm=audio 4000/2 RTP/AVP 8',
    KEY,
    KEY,
    'a=sendrecv',
    'm=audio 4002 RTP/SAVP 8',
    KEY,
    'm=video 0 RTP/AVPF 31',
    KEY,
  );
  assert.equal(
    withoutStrayKeys(offer),
    lines(
      'v=0',
      'm=audio 4000/2 RTP/AVP 8',
      'a=sendrecv',
      'm=audio 4002 RTP/SAVP 8',
      KEY,
      'm=video 0 RTP/AVPF 31',
    ),
  );
});

test('A description of thousands of lines is gone through in no time', () => {
  const long = `v=0\r\n${'m=audio 1 RTP/AVP 8\r\na=x\r\n'.repeat(100)}${'\r\nm'.repeat(1_000)}`;
  assert.equal(withoutStrayKeys(long), long);
});
