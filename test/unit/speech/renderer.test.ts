import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { silentLogger } from '../../../src/lib/log.ts';
import { inspectWav } from '../../../src/speech/audio/wav.ts';
import { Recordings } from '../../../src/speech/recordings.ts';
import { CachedRenderer } from '../../../src/speech/renderer.ts';
import type { Sentence, Voice } from '../../../src/speech/voices/voice.ts';

/** Says everything as a hundred milliseconds of silence, and remembers what it was asked. */
class FakeVoice implements Voice {
  readonly asked: { text: string; urgent: boolean }[] = [];
  version = 'v1';

  fingerprint(language: string): string {
    return `${this.version}/${language}`;
  }

  async speak({ text }: Sentence, urgent: boolean): Promise<Int16Array> {
    this.asked.push({ text, urgent });
    if (text === 'no') throw new Error('I will not say that');
    return new Int16Array(1_600).fill(1);
  }

  async close(): Promise<void> {}
}

let folder: string;
let voice: FakeVoice;
let renderer: CachedRenderer;

const reopen = async (): Promise<CachedRenderer> =>
  CachedRenderer.open(folder, voice, await Recordings.open(folder, silentLogger));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prompts-'));
  voice = new FakeVoice();
  renderer = await reopen();
});
afterEach(() => rm(folder, { recursive: true }));

describe('CachedRenderer', () => {
  it('makes a WAV file once, for all who ask and for the next process', async () => {
    const paths = await Promise.all(['hola', 'hola'].map((text) => renderer.render(text, 'es-MX')));
    assert.equal(paths[0], paths[1]);
    assert.ok((await inspectWav(paths[0] ?? '')).ok);
    renderer = await reopen();
    assert.equal(await renderer.render('hola', 'es-MX'), paths[0]);
    assert.deepEqual(voice.asked, [{ text: 'hola', urgent: true }]);
  });

  it('makes another file for another text, language or voice', async () => {
    const paths = [
      await renderer.render('hola', 'es-MX'),
      await renderer.render('hola', 'es-ES'),
      await renderer.render('adiós', 'es-MX'),
    ];
    voice.version = 'v2';
    paths.push(await renderer.render('hola', 'es-MX'));
    assert.equal(new Set(paths).size, 4);
  });

  it('makes a file anew that was deleted or damaged', async () => {
    const path = await renderer.render('hola', 'es-MX');
    await rm(path);
    await renderer.render('hola', 'es-MX');
    await writeFile(path, '');
    renderer = await reopen();
    await renderer.render('hola', 'es-MX');
    assert.equal(voice.asked.length, 3);
    assert.ok((await readFile(path)).length > 44);
  });

  it('leaves nothing behind when the voice fails, and tries again the next time', async () => {
    await assert.rejects(renderer.render('no', 'en'), /will not/);
    await assert.rejects(renderer.render('no', 'en'), /will not/);
    await assert.rejects(renderer.render('a'.repeat(4_001), 'en'), /too long/);
    const files = await readdir(folder);
    assert.deepEqual(files.toSorted(), ['music', 'recordings']);
  });

  it('clears away what a crash left unfinished', async () => {
    await writeFile(join(folder, 'x.wav.1-1.part'), 'half');
    await reopen();
    assert.ok(!(await readdir(folder)).some((name) => name.endsWith('.part')));
  });

  it('renders a list patiently, and tells what came of it', async () => {
    await renderer.render('uno', 'en');
    const report = await renderer.prerender(
      ['uno', 'dos', 'no'].map((text) => ({ text, language: 'en' })),
    );
    assert.deepEqual(report, {
      rendered: 1,
      cached: 1,
      failed: 1,
      why: 'Error: I will not say that',
    });
    assert.deepEqual(voice.asked.at(-1), { text: 'no', urgent: false });
  });
});

describe('Recordings', () => {
  it('makes music at the first start, and keeps what the operator puts in its place', async () => {
    const path = renderer.audio('default');
    assert.equal(path, join(folder, 'music', 'default.wav'));
    const own = await readFile(await renderer.render('hola', 'es-MX'));
    await writeFile(path ?? '', own);
    renderer = await reopen();
    assert.deepEqual(await readFile(renderer.audio('default') ?? ''), own);
  });

  it('finds recordings by name, and those that come later the second time they are asked for', async () => {
    const recordings = await Recordings.open(folder, silentLogger);
    assert.equal(recordings.find('saludo'), undefined);
    await recordings.look();
    const sound = await readFile(await renderer.render('hola', 'es-MX'));
    await writeFile(join(folder, 'recordings', 'saludo.wav'), sound);
    assert.equal(recordings.find('saludo'), undefined);
    await recordings.look();
    assert.match(recordings.find('saludo.wav') ?? '', /recordings\/saludo\.wav$/);
    assert.equal(recordings.find('recordings/saludo'), recordings.find('saludo'));
    assert.equal(recordings.find('../../../etc/passwd'), undefined);
  });

  it('reports and refuses a file that is not sound', async () => {
    await writeFile(join(folder, 'music', 'foto.wav'), '\x89PNG\r\n\x1a\n');
    const warnings: object[] = [];
    const log = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) };
    const recordings = await Recordings.open(folder, log);
    assert.equal(recordings.find('foto'), undefined);
    assert.deepEqual(warnings, [
      { path: join(folder, 'music', 'foto.wav'), why: 'it is not a WAV file' },
    ]);
  });
});
