import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { decodeWav } from '../../../src/speech/audio/decode-wav.ts';
import { activeLevel } from '../../../src/speech/audio/loudness.ts';
import { inspectBytes } from '../../../src/speech/audio/wav.ts';
import { Uploads } from '../../../src/speech/uploads.ts';
import { pcmTone, type WavShape, wavFile } from '../../support/wav-bytes.ts';

const CD: WavShape = { tag: 1, bits: 16, channels: 2, rate: 44_100 };
const TELEPHONE: WavShape = { tag: 1, bits: 16, channels: 1, rate: 8_000 };
const level = (samples: Float32Array): number => 20 * Math.log10(activeLevel(samples));

describe('decodeWav', () => {
  const floats = (bits: 32 | 64): Buffer => {
    const data = Buffer.alloc(800 * (bits / 8));
    for (let at = 0; at < 800; at++) {
      const x = 0.25 * Math.sin((2 * Math.PI * 400 * at) / 8_000);
      if (bits === 32) data.writeFloatLE(x, at * 4);
      else data.writeDoubleLE(x, at * 8);
    }
    return data;
  };

  for (const bits of [8, 16, 24, 32]) {
    for (const channels of [1, 2]) {
      it(`reads ${bits} bit PCM of ${channels} channels`, () => {
        const shape = { tag: 1, bits, channels, rate: 48_000 };
        const decoded = decodeWav(wavFile(shape, pcmTone(shape, 100)));
        assert.ok(decoded.ok);
        assert.equal(decoded.value.samples.length, 4_800);
        assert.ok(Math.abs(level(decoded.value.samples) + 15.05) < 0.3);
      });
    }
  }

  it('reads floats, A-law and µ-law', () => {
    for (const bits of [32, 64] as const) {
      const decoded = decodeWav(wavFile({ ...TELEPHONE, tag: 3, bits }, floats(bits)));
      assert.ok(decoded.ok && Math.abs(level(decoded.value.samples) + 15.05) < 0.1);
    }
    // ITU-T G.711: the codes of zero, and of the loudest sample.
    const law = (tag: number, codes: number[]) =>
      decodeWav(wavFile({ tag, bits: 8, channels: 1, rate: 8_000 }, Buffer.from(codes)));
    const [alaw, mulaw] = [law(6, [0xd5, 0xaa, 0x2a]), law(7, [0xff, 0x80, 0x00])];
    for (const decoded of [alaw, mulaw]) {
      assert.ok(decoded.ok);
      const [zero = 1, high = 0, low = 0] = decoded.value.samples;
      assert.ok(Math.abs(zero) < 0.001 && high > 0.97 && low < -0.97);
    }
  });

  it('reads a stream that did not know its length, and floats that are no numbers', () => {
    const data = pcmTone(TELEPHONE, 50);
    for (const unknown of [0xffff_ffff, 0x8000_0000, 0x7fff_f000])
      assert.ok(decodeWav(wavFile(TELEPHONE, data, unknown)).ok);
    const wild = Buffer.alloc(8);
    wild.writeFloatLE(Number.NaN, 0);
    wild.writeFloatLE(Number.POSITIVE_INFINITY, 4);
    const decoded = decodeWav(wavFile({ ...TELEPHONE, tag: 3, bits: 32 }, wild));
    assert.deepEqual(decoded.ok && [...decoded.value.samples], [0, 0]);
  });

  it('reads what stands between, and lengths of 64 bits', () => {
    const data = pcmTone(TELEPHONE, 50);
    const plain = wavFile(TELEPHONE, data, 0xffff_ffff);
    const list = Buffer.from('LIST\x05\0\0\0INFOx\0', 'latin1');
    const long = Buffer.alloc(36);
    long.write('ds64', 0, 'latin1');
    long.writeUInt32LE(28, 4);
    long.writeBigUInt64LE(BigInt(data.length), 16);
    const parts = [plain.subarray(0, 12), long, list, plain.subarray(12), list];
    for (const name of ['RF64', 'BW64']) {
      const file = Buffer.concat(parts);
      file.write(name, 0, 'latin1');
      const decoded = decodeWav(file);
      assert.equal(decoded.ok && decoded.value.samples.length, 400);
    }
  });

  it('hears channels that cancel each other out', () => {
    const opposite = pcmTone(CD, 100);
    for (let at = 2; at < opposite.length; at += 4)
      opposite.writeInt16LE(-opposite.readInt16LE(at), at);
    const decoded = decodeWav(wavFile(CD, opposite));
    assert.ok(decoded.ok && Math.abs(level(decoded.value.samples) + 15.05) < 0.3);
  });

  const sound = pcmTone(TELEPHONE, 50);
  const bad: readonly [string, Buffer, RegExp][] = [
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n0000IHDR', 'latin1'), /a PNG picture, no WAV/],
    ['an MP3', Buffer.from('ID3\x04rest', 'latin1'), /an MP3 file/],
    ['HTML', Buffer.from('<!doctype html>'), /markup/],
    ['nothing', Buffer.alloc(0), /something else, no WAV/],
    ['a header only', wavFile(TELEPHONE, Buffer.alloc(0)), /no sound in it/],
    ['half a frame', wavFile(CD, Buffer.alloc(3)), /no sound in it/],
    ['a truncated file', wavFile(TELEPHONE, sound).subarray(0, 400), /cut off: 356 of 800 bytes/],
    ['a lying length', wavFile(TELEPHONE, sound, 1_000_000_000), /cut off: 800 of 1000000000/],
    ['no channels', wavFile({ ...TELEPHONE, channels: 0 }, sound), /has 0 channels/],
    ['65535 channels', wavFile(TELEPHONE, sound).fill(0xff, 22, 24), /65535 channels/],
    ['a rate of 1 Hz', wavFile({ ...TELEPHONE, rate: 1 }, sound), /rate of 1 Hz/],
    [
      'a rate of 4 GHz',
      wavFile({ ...TELEPHONE, rate: 0x0fff_ffff }, sound),
      /not between 8 and 192/,
    ],
    [
      'ADPCM',
      wavFile({ ...TELEPHONE, tag: 2, bits: 8 }, sound),
      /of Microsoft's ADPCM, 8 bits, which is not known here: save it as PCM/,
    ],
    ['MP3 inside', wavFile({ ...TELEPHONE, tag: 85, bits: 0 }, sound), /a WAV file of MP3/],
    ['12 bits', wavFile({ ...TELEPHONE, bits: 16 }, sound).fill(12, 34, 35), /of PCM, 12 bits/],
    ['a block size of its own', wavFile(TELEPHONE, sound).fill(9, 32, 33), /contradicts itself/],
  ];
  for (const [what, file, why] of bad) {
    it(`refuses ${what}`, () => {
      const decoded = decodeWav(file);
      assert.ok(!decoded.ok);
      assert.match(decoded.error, why);
    });
  }

  it('takes any bytes at all without an exception, and never makes sound longer than they are', () => {
    const good = wavFile(CD, pcmTone(CD, 20));
    const bent = fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }).map((changes) => {
      const file = Buffer.from(good);
      for (const [at, value] of changes) file[at] = value;
      return file;
    });
    const cut = fc.nat(good.length).map((length) => good.subarray(0, length));
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(bent, cut, noise), (file) => {
        const decoded = decodeWav(file);
        if (decoded.ok) assert.ok(decoded.value.samples.length <= file.length);
        else assert.ok(decoded.error.length > 5);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('Uploads', () => {
  let folder: string;
  let uploads: Uploads;
  const open = () => Uploads.open(folder, systemClock, silentLogger);
  const cd = wavFile(CD, pcmTone(CD, 500));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uploads-'));
    uploads = await open();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('converts to what the media servers play, at the level of the other prompts', async () => {
    const put = await uploads.put('saludo', 'es-MX', cd);
    assert.ok(put.ok);
    const { uploadedAt: _, ...facts } = put.value;
    assert.deepEqual(facts, {
      name: 'saludo',
      language: 'es-MX',
      durationMs: 500,
      original: { rate: 44_100, channels: 2, format: '16 bit PCM' },
    });
    const wav = (await uploads.sound('saludo', 'es-MX')) ?? Buffer.alloc(0);
    assert.deepEqual(inspectBytes(wav, wav.length), {
      ok: true,
      value: { rate: 16_000, channels: 1, durationMs: 500 },
    });
    const decoded = decodeWav(wav);
    assert.ok(decoded.ok && Math.abs(level(decoded.value.samples) + 20) < 0.5);
  });

  it('is effective at once, falls back to every language, and is remembered', async () => {
    await uploads.put('saludo', undefined, cd);
    const common = uploads.find('saludo', 'en');
    assert.ok(common);
    await uploads.put('saludo', 'en', wavFile(TELEPHONE, pcmTone(TELEPHONE, 300)));
    assert.notEqual(uploads.find('saludo', 'en'), common);
    assert.equal(uploads.find('saludo', 'es-MX'), common);
    uploads = await open();
    assert.equal(uploads.find('saludo', 'es-ES'), common);
    assert.deepEqual(
      uploads.list().map(({ name, language }) => [name, language]),
      [
        ['saludo', undefined],
        ['saludo', 'en'],
      ],
    );
    assert.equal(await uploads.remove('saludo', 'en'), true);
    assert.equal(await uploads.remove('saludo', 'en'), false);
    assert.equal(uploads.find('saludo', 'en'), common);
  });

  it('keeps a sound that is replaced until the next start, and no longer', async () => {
    await uploads.put('saludo', 'en', cd);
    const old = uploads.find('saludo', 'en') ?? '';
    await uploads.put('saludo', 'en', wavFile(TELEPHONE, pcmTone(TELEPHONE, 300)));
    assert.ok((await readFile(old)).length > 44, 'somebody may be hearing it');
    await writeFile(join(folder, 'left.part'), 'half');
    uploads = await open();
    assert.equal((await readdir(folder)).length, 2);
  });

  it('says what is wrong with a file, and keeps what was there', async () => {
    await uploads.put('saludo', 'en', cd);
    const before = uploads.find('saludo', 'en');
    const put = await uploads.put('saludo', 'en', Buffer.from('\x89PNG', 'latin1'));
    assert.ok(!put.ok);
    assert.equal(put.error.code, 'RECORDING_INVALID');
    assert.equal(put.error.detail, 'The file cannot be used: it is a PNG picture, no WAV file.');
    assert.equal(uploads.find('saludo', 'en'), before);
  });

  it('does not make noise loud, nor silence', async () => {
    const faint = pcmTone(TELEPHONE, 500);
    for (let at = 0; at < faint.length; at += 2)
      faint.writeInt16LE(Math.round(faint.readInt16LE(at) / 60), at);
    await uploads.put('leve', undefined, wavFile(TELEPHONE, faint));
    const decoded = decodeWav((await uploads.sound('leve')) ?? Buffer.alloc(0));
    assert.ok(decoded.ok && level(decoded.value.samples) < -25);
    const silent = await uploads.put('nada', undefined, wavFile(TELEPHONE, Buffer.alloc(800)));
    assert.match(silent.ok ? '' : (silent.error.detail ?? ''), /there is only silence in it/);
  });

  it('will not start over an index that is damaged', async () => {
    await writeFile(join(folder, 'index.json'), '[{');
    await assert.rejects(open(), /index\.json is not readable: put back a copy/);
  });
});
