import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClipCache } from '../../../../src/embedded/media/audio/clip-cache.ts';
import { MediaFiles } from '../../../../src/embedded/media/audio/media-file.ts';
import {
  Downsampler,
  resampleClip,
  Upsampler,
} from '../../../../src/embedded/media/audio/resampler.ts';
import { ClipSource } from '../../../../src/embedded/media/audio/source.ts';
import { parseToneScript, ToneSource } from '../../../../src/embedded/media/audio/tone.ts';
import { readWav } from '../../../../src/embedded/media/audio/wav-reader.ts';
import { WavWriter, wavHeader } from '../../../../src/embedded/media/audio/wav-writer.ts';
import { goertzelShare } from '../../../contract/media/support/rtp-end.ts';

const sine = (frequency: number, rate: number, samples: number) =>
  Int16Array.from({ length: samples }, (_, i) =>
    Math.round(9000 * Math.sin((2 * Math.PI * frequency * i) / rate)),
  );

function wav(tag: number, bits: number, channels: number, rate: number, data: Buffer): Buffer {
  const header = wavHeader(rate, channels, data.length);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(bits, 34);
  return Buffer.concat([header, data]);
}

test('WAVE files of every width are read', () => {
  const read = (file: Buffer) => {
    const clip = readWav(file);
    assert.ok(clip.ok);
    return [...clip.value.samples];
  };
  assert.deepEqual(read(wav(1, 8, 1, 8000, Buffer.from([128, 255, 0]))), [0, 32512, -32768]);
  assert.deepEqual(read(wav(1, 16, 1, 8000, Buffer.from([1, 0, 255, 255]))), [1, -1]);
  assert.deepEqual(read(wav(1, 24, 1, 8000, Buffer.from([9, 1, 0]))), [1]);
  assert.deepEqual(read(wav(1, 32, 1, 8000, Buffer.from([9, 9, 1, 0]))), [1]);
  const float = Buffer.alloc(4);
  float.writeFloatLE(0.5);
  assert.deepEqual(read(wav(3, 32, 1, 8000, float)), [16384]);
  assert.deepEqual(read(wav(7, 8, 1, 8000, Buffer.from([0x80]))), [32124]);
  assert.deepEqual(read(wav(6, 8, 1, 8000, Buffer.from([0xaa]))), [32256]);
  const stereo = Buffer.from(Int16Array.from([100, 300, -100, -300]).buffer);
  assert.deepEqual(read(wav(1, 16, 2, 8000, stereo)), [200, -200]);
});

test('What is not audio is an error, never an exception', () => {
  for (const text of ['', 'RIFF', 'ID3 this is an mp3', 'RIFF0000WAVEdata0000']) {
    assert.equal(readWav(Buffer.from(text)).ok, false);
  }
  const good = wav(1, 16, 1, 8000, Buffer.alloc(40));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.nat(good.length),
      (changes, length) => {
        const file = Buffer.from(good);
        for (const [at, value] of changes) file[at] = value;
        readWav(file.subarray(0, length));
      },
    ),
  );
});

test('A recording is a WAVE file, whole after closing; a folder is made for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wav-'));
  const path = join(folder, 'new', 'a.wav');
  const writer = new WavWriter(path, 8000, 1);
  for (let i = 0; i < 300; i++) writer.write(sine(400, 8000, 160), 160);
  await writer.close();
  const clip = readWav(await readFile(path));
  assert.ok(clip.ok);
  assert.equal(clip.value.samples.length, 48_000);
  const impossible = new WavWriter(join(path, 'not-a-folder', 'a.wav'), 8000, 1);
  assert.ok(await impossible.opened());
  impossible.write(new Int16Array(160), 160);
  await impossible.close();
  await rm(folder, { recursive: true });
});

test('Rates are changed without changing the tone', async () => {
  for (const from of [11025, 16000, 22050, 24000, 44100, 48000]) {
    const clip = await resampleClip(sine(1000, from, from), from, 8000);
    assert.ok(Math.abs(clip.length - 8000) <= 1);
    const middle = [...clip.subarray(2000, 4000)];
    assert.ok(goertzelShare(middle, 1000, 8000) > 0.99, `${from}`);
  }
  const aliasing = await resampleClip(sine(6000, 16000, 16000), 16000, 8000);
  assert.ok(aliasing.subarray(2000, 4000).every((sample) => Math.abs(sample) < 200));
});

test('Frames are changed between 8 and 16 kHz without a seam', () => {
  const up = new Upsampler();
  const down = new Downsampler();
  const tone = sine(1000, 8000, 8000);
  const wide = new Int16Array(320);
  const narrow = new Int16Array(160);
  const out: number[] = [];
  for (let at = 0; at < tone.length; at += 160) {
    up.process(tone.subarray(at, at + 160), 160, wide);
    down.process(wide, 320, narrow);
    out.push(...narrow);
  }
  assert.ok(goertzelShare(out.slice(800, 2400), 1000, 8000) > 0.999);
});

test('Tone scripts: steps, loops, level, and what is no script', () => {
  const script = parseToneScript('v=-13;%(500,250,440,480);%(100,0,620);loops=3');
  assert.ok(script.ok);
  assert.equal(script.value.loops, 3);
  assert.deepEqual(script.value.steps[0], {
    onMs: 500,
    offMs: 250,
    frequencies: [440, 480],
    levelDb: -13,
  });
  assert.equal(script.value.steps.length, 2);
  const endless = parseToneScript('%(10,0,1);loops=-1');
  assert.equal(endless.ok && endless.value.loops, -1);
  for (const bad of ['', 'hello', '%(a,b)', '%(0,0,440)', '%(-1,0,440)', 'loops=2']) {
    assert.equal(parseToneScript(bad).ok, false, bad);
  }
  fc.assert(fc.property(fc.string(), (text) => void parseToneScript(text)));
});

test('A tone lasts as long as it says and has its frequency', () => {
  const script = parseToneScript('%(100,50,1000);loops=2');
  assert.ok(script.ok);
  const source = new ToneSource(script.value, 8000);
  const frame = new Int16Array(160);
  const samples: number[] = [];
  for (let count = 160; count === 160; ) {
    count = source.read(frame);
    samples.push(...frame.subarray(0, count));
  }
  assert.equal(samples.length, 2400);
  assert.ok(goertzelShare(samples.slice(0, 800), 1000, 8000) > 0.99);
  assert.ok(samples.slice(800, 1200).every((sample) => sample === 0));
});

test('A clip is repeated as often as asked, from where asked', () => {
  const source = new ClipSource(Int16Array.from([1, 2, 3]), 2, 1);
  const out = new Int16Array(10);
  assert.equal(source.read(out), 5);
  assert.deepEqual([...out.subarray(0, 5)], [2, 3, 1, 2, 3]);
  assert.equal(new ClipSource(new Int16Array(0), -1).read(out), 0);
});

test('Files: by name, by offset, silence, lists, and errors', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  const data = Buffer.from(Int16Array.from([5, 6, 7]).buffer);
  await writeFile(join(folder, 'a.wav'), wav(1, 16, 1, 8000, data));
  await writeFile(join(folder, 'b.wav'), 'this is no audio');
  const files = new MediaFiles(new ClipCache(), folder);
  const out = new Int16Array(160);
  const first = await files.open('a.wav', 8000);
  assert.ok(first.ok && first.value.read(out) === 3);
  const offset = await files.open(`${folder}/a.wav@@2`, 8000);
  assert.ok(offset.ok && offset.value.read(out) === 1);
  const silence = await files.open('silence_stream://10', 8000);
  assert.ok(silence.ok && silence.value.read(out) === 80);
  for (const bad of ['b.wav', 'c.wav', 'tone_stream://x', 'silence_stream://', folder]) {
    assert.equal((await files.open(bad, 8000)).ok, false, bad);
  }
  assert.deepEqual(files.split('file_string://a!b'), ['a', 'b']);
  await writeFile(join(folder, 'a.wav'), wav(1, 16, 1, 8000, Buffer.concat([data, data])));
  const changed = await files.open('a.wav', 8000);
  assert.ok(changed.ok && changed.value.read(out) === 6);
  await rm(folder, { recursive: true });
});
