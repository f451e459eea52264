import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeWav } from '../../../src/speech/audio/wav.ts';
import { wavSoundMs } from '../../../src/telephony/wav-sound.ts';

const RATE = 8_000;
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sound-'));
});
after(() => rm(folder, { recursive: true }));

/** A file of so many ms silent, loud, silent … */
async function fileOf(...spans: number[]): Promise<string> {
  const parts = spans.map((ms, at) =>
    Array.from({ length: (ms * RATE) / 1_000 }, (_, n) =>
      at % 2 === 0 ? n % 3 : n % 2 ? 4_000 : -4_000,
    ),
  );
  const path = join(folder, `${spans.join('-')}.wav`);
  await writeFile(path, encodeWav(Int16Array.from(parts.flat()), RATE));
  return path;
}

describe('the sound of a recording', () => {
  it('is from its first to its last, whatever silence is around it', async () => {
    assert.equal(await wavSoundMs(await fileOf(5_000)), 0);
    assert.equal(await wavSoundMs(await fileOf(4_000, 400, 5_000)), 400);
    assert.equal(await wavSoundMs(await fileOf(1_000, 600, 2_000, 400, 5_000)), 3_000);
    assert.equal(await wavSoundMs(await fileOf(0, 60_000)), 60_000);
  });

  it('cannot be told where there is no file', async () => {
    assert.equal(await wavSoundMs(join(folder, 'none.wav')), undefined);
    await writeFile(join(folder, 'short.wav'), 'RIFF');
    assert.equal(await wavSoundMs(join(folder, 'short.wav')), undefined);
  });
});
