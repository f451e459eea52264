import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/lib/clock.ts';
import { sherpaConfig } from '../../../src/speech/voices/sherpa-models.ts';
import { SherpaVoice } from '../../../src/speech/voices/sherpa-voice.ts';

const model = (folder: string) => [{ language: 'en' as const, name: 'x', folder, speaker: 0 }];

test('a voice that is not there stops the start, and says what is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voice-'));
  try {
    const missing = join(folder, 'none');
    await assert.rejects(
      SherpaVoice.open(model(missing), systemClock),
      /no folder of a voice|sherpa-onnx-node is not installed/,
    );
    await assert.rejects(
      sherpaConfig(folder, 'en'),
      /lacks a model \(\.onnx\), tokens\.txt, espeak-ng-data/,
    );
    await writeFile(join(folder, 'es_ES.onnx'), '');
    await writeFile(join(folder, 'tokens.txt'), '');
    await assert.rejects(sherpaConfig(folder, 'en'), /lacks espeak-ng-data$/);
    await writeFile(join(folder, 'espeak-ng-data'), '');
    assert.deepEqual((await sherpaConfig(folder, 'en')).model.vits, {
      model: join(folder, 'es_ES.onnx'),
      tokens: join(folder, 'tokens.txt'),
      dataDir: join(folder, 'espeak-ng-data'),
      lexicon: '',
    });
    await assert.rejects(SherpaVoice.open(model(folder), systemClock), 'a model that is none');
    await writeFile(join(folder, 'voices.bin'), '');
    assert.equal(
      (await sherpaConfig(folder, 'en')).model.kokoro?.voices,
      join(folder, 'voices.bin'),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
