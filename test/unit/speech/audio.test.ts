import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activeLevel, normalised, trimmed } from '../../../src/speech/audio/loudness.ts';
import { holdMusic } from '../../../src/speech/audio/music.ts';
import { toFloat } from '../../../src/speech/audio/pcm.ts';
import { resample } from '../../../src/speech/audio/resample.ts';
import { encodeWav, inspectBytes } from '../../../src/speech/audio/wav.ts';

const sine = (hz: number, rate: number, seconds: number, level = 0.5): Float32Array =>
  Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, at) => level * Math.sin((2 * Math.PI * hz * at) / rate),
  );

const power = (samples: Float32Array): number =>
  samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

describe('resample', () => {
  it('keeps a tone that both rates can carry, to better than 60 dB', async () => {
    for (const hz of [300, 1_000, 3_400, 6_000]) {
      const output = await resample(sine(hz, 22_050, 0.5), 22_050, 16_000);
      const wanted = sine(hz, 16_000, 0.5);
      // The filter needs some samples at both ends.
      const middle = output.map((x, at) => x - (wanted[at] ?? 0)).slice(200, 7_800);
      const snr = 10 * Math.log10(power(wanted) / power(middle));
      assert.ok(snr > 60, `${hz} Hz: ${snr} dB`);
    }
  });

  it('silences a tone that the lower rate would fold back', async () => {
    const output = (await resample(sine(9_500, 22_050, 0.5), 22_050, 16_000)).slice(200, 7_800);
    assert.ok(10 * Math.log10(power(output) / 0.125) < -55);
  });

  it('goes up and down by any ratio, and leaves an equal rate alone', async () => {
    assert.equal((await resample(new Float32Array(441), 44_100, 16_000)).length, 160);
    assert.equal((await resample(new Float32Array(80), 8_000, 16_000)).length, 160);
    // Longer than one of the library's blocks.
    assert.equal((await resample(new Float32Array(480_000), 48_000, 16_000)).length, 160_000);
    const same = sine(100, 8_000, 0.1);
    assert.equal(await resample(same, 8_000, 8_000), same);
  });
});

describe('loudness', () => {
  it('brings whispers and shouts to the same level, counting only what is not pause', () => {
    for (const level of [0.02, 0.2, 0.9]) {
      const speech = new Float32Array(32_000);
      speech.set(sine(400, 16_000, 1, level));
      const dbfs = 20 * Math.log10(activeLevel(normalised(speech, -20)));
      assert.ok(Math.abs(dbfs + 20) < 0.5, `${dbfs} dBFS`);
    }
  });

  it('never reaches full scale, and leaves silence silent', () => {
    const spiky = new Float32Array(16_000);
    spiky[8_000] = 1;
    assert.ok(normalised(spiky, -3).every((x) => Math.abs(x) < 1));
    assert.ok(normalised(new Float32Array(1_000), -20).every((x) => x === 0));
  });

  it('has the same short silence around every sentence', () => {
    const padded = new Float32Array(16_000);
    padded.fill(0.3, 5_000, 6_600);
    assert.equal(trimmed(padded, 16_000, 40, 120).length, 640 + 1_600 + 1_920);
  });
});

describe('hold music', () => {
  const music = toFloat(holdMusic(8_000));

  it('lasts most of a minute, softer than speech, without a clipped sample', () => {
    assert.ok(music.length / 8_000 > 40 && music.length / 8_000 < 60);
    const dbfs = 20 * Math.log10(activeLevel(music));
    assert.ok(dbfs < -22 && dbfs > -30, `${dbfs} dBFS`);
    assert.ok(music.every((x) => Math.abs(x) < 0.8));
  });

  it('goes round without a click: the step from end to beginning is one like any other', () => {
    const steps = music.map((x, at) => Math.abs(x - (music.at(at - 1) ?? 0)));
    const largest = steps.slice(1).reduce((max, step) => Math.max(max, step), 0);
    assert.ok((steps[0] ?? 1) <= largest);
    const last = music.slice(-800);
    assert.ok(power(last) > 1e-6, 'the end rings on into the beginning');
  });
});

describe('inspectBytes', () => {
  const good = encodeWav(new Int16Array(1_600), 16_000);
  const patched = (at: number, value: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt16LE(value, at);
    return copy;
  };
  const bad: readonly [string, Buffer, RegExp][] = [
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n0000000000000000', 'latin1'), /not a WAV/],
    ['nothing', Buffer.alloc(0), /not a WAV/],
    ['a header alone', good.subarray(0, 12), /no sound/],
    ['an empty sound', encodeWav(new Int16Array(0), 16_000), /empty/],
    ['a cut-off file', good.subarray(0, 1_000), /cut off/],
    ['8 bit', patched(34, 8), /16 bit/],
    ['µ-law', patched(20, 7), /16 bit/],
    ['five channels', patched(22, 5), /5 channels/],
    ['a strange rate', patched(24, 4_000), /4000 Hz/],
  ];
  for (const [what, bytes, why] of bad) {
    it(`refuses ${what}`, () => {
      const judged = inspectBytes(bytes, bytes.length);
      assert.ok(!judged.ok);
      assert.match(judged.error, why);
    });
  }

  it('accepts what we write, and a file with other chunks before its sound', () => {
    assert.deepEqual(inspectBytes(good, good.length), {
      ok: true,
      value: { rate: 16_000, channels: 1, durationMs: 100 },
    });
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    const more = Buffer.concat([good.subarray(0, 36), list, good.subarray(36)]);
    assert.equal(inspectBytes(more, more.length).ok, true);
  });
});
