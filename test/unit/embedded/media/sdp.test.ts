import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeSdp } from '../../../../src/embedded/media/sdp/describe.ts';
import { negotiate } from '../../../../src/embedded/media/sdp/negotiate.ts';

const OURS = ['G722', 'PCMA', 'PCMU'] as const;
const head = 'v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n';

function agreed(sdp: string) {
  const result = negotiate(sdp, OURS);
  assert.ok(result.ok);
  return result.value;
}

test('The far end chooses the codec; its type for keys is kept', () => {
  const { media } = agreed(
    `${head}m=audio 4000 RTP/AVP 3 0 9 96\r\na=rtpmap:9 G722/8000\r\na=rtpmap:96 telephone-event/8000\r\n`,
  );
  assert.equal(media.codec, 'PCMU');
  assert.equal(media.eventSendType, 96);
  assert.deepEqual(media.remote, { address: '10.0.0.9', port: 4000 });
});

test('Directions are answered by RFC 3264, and 0.0.0.0 is a hold', () => {
  const line = 'm=audio 4000 RTP/AVP 8\r\n';
  const answers = {
    sendrecv: 'sendrecv',
    sendonly: 'recvonly',
    recvonly: 'sendonly',
    inactive: 'inactive',
  };
  for (const [offer, answer] of Object.entries(answers)) {
    assert.equal(agreed(`${head}${line}a=${offer}\r\n`).direction, answer);
  }
  assert.equal(agreed(`${head}${line}a=sendonly\r\n`).media.sending, false);
  assert.equal(agreed(`${head}a=recvonly\r\n${line}`).media.receiving, false);
  const old = agreed(`${head.replaceAll('10.0.0.9', '0.0.0.0')}${line}`);
  assert.equal(old.media.sending, false);
  assert.equal(old.remoteDirection, 'sendonly');
});

test('Further lines are refused with port 0 in their places', () => {
  const { lines } = agreed(
    `${head}m=video 5000 RTP/AVP 97\r\nm=audio 4000 RTP/AVP 8\r\nm=audio 4002 RTP/AVP 0\r\n`,
  );
  assert.deepEqual(lines, ['m=video 0 RTP/AVP 97', undefined, 'm=audio 0 RTP/AVP 0']);
  const sdp = writeSdp({
    sessionId: 1,
    version: 2,
    address: '1.2.3.4',
    port: 6000,
    codecs: ['PCMA'],
    eventType: undefined,
    direction: 'sendrecv',
    lines,
  });
  const mediaLines = sdp.split('\r\n').filter((line) => line.startsWith('m='));
  assert.deepEqual(mediaLines, [
    'm=video 0 RTP/AVP 97',
    'm=audio 6000 RTP/AVP 8',
    'm=audio 0 RTP/AVP 0',
  ]);
});

test('Whoever would like SRTP and can do without offers a line of each: the one without is taken', () => {
  const { media, lines } = agreed(
    `${head}m=audio 4000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n` +
      'm=audio 4002 RTP/AVP 18\r\nm=audio 4004 RTP/AVP 0\r\n',
  );
  assert.deepEqual([media.codec, media.remote.port], ['PCMU', 4004]);
  assert.deepEqual(lines, ['m=audio 0 RTP/SAVP 8', 'm=audio 0 RTP/AVP 18', undefined]);
});

test('What cannot be agreed on says why', () => {
  const error = (sdp: string) => {
    const result = negotiate(sdp, OURS);
    return result.ok ? undefined : result.error;
  };
  assert.equal(error('hello'), 'malformed');
  assert.equal(error(head), 'no audio');
  assert.equal(error(`${head}m=audio 0 RTP/AVP 8\r\n`), 'no audio');
  assert.equal(error(`${head}m=audio 4000 RTP/SAVP 8\r\n`), 'no audio');
  assert.equal(error(`${head}m=audio 65535 RTP/AVP 8\r\n`), 'no audio');
  assert.equal(error(`${head}m=audio 70000 RTP/AVP 8\r\n`), 'no audio');
  assert.equal(error(`${head}m=audio 4000 RTP/AVP 8\r\nc=IN IP6 ::1\r\n`), 'no audio');
  assert.equal(error(`${head}m=audio 4000 RTP/AVP 18\r\n`), 'no common codec');
  assert.equal(
    error(`${head}m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n`),
    'no common codec',
  );
});

test('No text makes it fail', () => {
  const part = fc.constantFrom(
    'm=audio ',
    '4000',
    ' RTP/AVP ',
    '8',
    'a=rtpmap:',
    '\r\n',
    'c=IN IP4 ',
    '=',
    ':',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
      negotiate(`v=0\r\n${parts.join('')}`, OURS);
    }),
  );
});
