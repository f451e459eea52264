import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { wavHeader } from '../../../src/embedded/media/audio/wav-writer.ts';
import { wavDurationMs } from '../../../src/telephony/wav-duration.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wav-'));
});
after(() => rm(folder, { recursive: true }));

async function durationOf(...parts: readonly Buffer[]): Promise<number> {
  const path = join(folder, 'a.wav');
  await writeFile(path, Buffer.concat(parts));
  return wavDurationMs(path);
}

test('The header says how long, and the disk how much of it is there', async () => {
  const second = Buffer.alloc(16_000);
  assert.equal(await durationOf(wavHeader(8_000, 1, 16_000), second), 1_000);
  assert.equal(await durationOf(wavHeader(16_000, 1, 16_000), second), 500);
  assert.equal(await durationOf(wavHeader(8_000, 1, 160_000), second), 1_000);
  const header = wavHeader(8_000, 1, 16_000);
  const list = Buffer.from('LIST\x06\0\0\0INFOxx', 'latin1');
  const withList = [header.subarray(0, 36), list, header.subarray(36), second];
  assert.equal(await durationOf(...withList), 1_000);
});

test('What is no WAV file lasts no time', async () => {
  assert.equal(await wavDurationMs(join(folder, 'nosuch.wav')), 0);
  assert.equal(await durationOf(Buffer.alloc(0)), 0);
  assert.equal(await durationOf(Buffer.from('RIFF')), 0);
  assert.equal(await durationOf(Buffer.from('\x89PNG\r\n\x1a\n and more, and more')), 0);
  assert.equal(await durationOf(wavHeader(0, 0, 0), Buffer.alloc(10)), 0);
});
