import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioCodec } from '../../../../src/embedded/media/audio/codec.ts';
import { createCodec } from '../../../../src/embedded/media/audio/codecs.ts';

function sine(frequency: number, rate: number, samples: number, amplitude: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequency * i) / rate)),
  );
}

function roundTrip(codec: AudioCodec, pcm: Int16Array): Int16Array {
  const encoded = new Uint8Array(pcm.length);
  const octets = codec.encode(pcm, pcm.length, encoded, 0);
  const decoded = new Int16Array(pcm.length);
  assert.equal(codec.decode(encoded.subarray(0, octets), decoded), pcm.length);
  return decoded;
}

/** Signal to noise in dB, at the delay that fits best. */
function snr(original: Int16Array, decoded: Int16Array, delayMax: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let delay = 0; delay <= delayMax; delay++) {
    let signal = 0;
    let noise = 0;
    for (let i = 500; i < original.length - delayMax; i++) {
      const from = original[i] as number;
      signal += from * from;
      noise += (from - (decoded[i + delay] as number)) ** 2;
    }
    best = Math.max(best, 10 * Math.log10(signal / noise));
  }
  return best;
}

test('µ-law: the values of ITU-T G.711 table 2a', () => {
  const codec = createCodec('PCMU');
  const out = new Int16Array(6);
  codec.decode(Uint8Array.from([0x00, 0x80, 0x7f, 0xff, 0x8f, 0x0f]), out);
  assert.deepEqual([...out], [-32124, 32124, 0, 0, 16764, -16764]);
  const encoded = new Uint8Array(4);
  codec.encode(Int16Array.from([0, 32767, -32768, 8]), 4, encoded, 0);
  assert.deepEqual([...encoded], [0xff, 0x80, 0x00, 0xfe]);
});

test('A-law: the values of ITU-T G.711 table 1a', () => {
  const codec = createCodec('PCMA');
  const out = new Int16Array(4);
  codec.decode(Uint8Array.from([0xd5, 0x55, 0xaa, 0x2a]), out);
  assert.deepEqual([...out], [8, -8, 32256, -32256]);
  const encoded = new Uint8Array(3);
  codec.encode(Int16Array.from([0, 32767, -32768]), 3, encoded, 0);
  assert.deepEqual([...encoded], [0xd5, 0xaa, 0x2a]);
});

test('G.711: every code survives decoding and encoding', () => {
  for (const name of ['PCMU', 'PCMA'] as const) {
    const codec = createCodec(name);
    const codes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const pcm = new Int16Array(256);
    codec.decode(codes, pcm);
    const again = new Uint8Array(256);
    codec.encode(pcm, 256, again, 0);
    const expected = [...codes];
    // µ-law has two zeroes; the positive one is sent.
    if (name === 'PCMU') expected[0x7f] = 0xff;
    assert.deepEqual([...again], expected);
  }
});

test('Round trips keep a tone: G.711 by 33 dB, G.722 by 20 dB in both bands', () => {
  for (const name of ['PCMU', 'PCMA'] as const) {
    const pcm = sine(1004, 8000, 4000, 12000);
    assert.ok(snr(pcm, roundTrip(createCodec(name), pcm), 0) > 33, name);
  }
  for (const frequency of [440, 1500, 3200, 5500]) {
    const pcm = sine(frequency, 16000, 16000, 8000);
    const quality = snr(pcm, roundTrip(createCodec('G722'), pcm), 40);
    assert.ok(quality > 20, `${frequency} Hz: ${quality}`);
  }
});

test('G.722: 20 ms are 160 octets, and silence stays silent', () => {
  const codec = createCodec('G722');
  const encoded = new Uint8Array(160);
  assert.equal(codec.encode(new Int16Array(320), 320, encoded, 0), 160);
  const out = new Int16Array(320);
  codec.decode(encoded, out);
  assert.ok(out.every((sample) => Math.abs(sample) < 32));
});

test('G.722: hostile payloads never leave the 16 bits', () => {
  const codec = createCodec('G722');
  const out = new Int16Array(2000);
  let seed = 1;
  const noise = Uint8Array.from({ length: 1000 }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return seed >>> 24;
  });
  assert.equal(codec.decode(noise, out), 2000);
});
