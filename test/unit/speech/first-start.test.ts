import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { Repertoire } from '../../../src/runtime/ports/index.ts';
import { openSpeech, type Speech, type SpeechOptions } from '../../../src/speech/speech.ts';
import { eventually } from '../../support/eventually.ts';
import { TtsServer } from '../../support/tts-server.ts';

const MINUTE_MS = 60_000;
const REPERTOIRE: Repertoire = {
  languages: ['es-MX', 'es-ES', 'en'],
  greetings: [{ text: 'Bienvenido.', language: 'es-MX' }],
  sentences: [{ text: 'Para ventas, marque uno.', language: 'es-MX' }],
};

let folder: string;
let speech: Speech;
const lines: string[] = [];

async function open(options: Partial<SpeechOptions> = {}): Promise<void> {
  const told = (_: object, text: string): void => void lines.push(text);
  const log = { ...silentLogger, info: told, warn: told, error: told };
  speech = await openSpeech({ dataDir: folder, log, clock: systemClock, ...options });
}
const position = (at: number) => speech.prompts.ready(speech.phrases.queuePosition(at, 'es-MX'));
const wait = (fromMs: number, toMs: number) =>
  speech.prompts.ready(speech.phrases.queueWait(fromMs, toMs, 'es-MX'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-start-'));
  lines.length = 0;
});
afterEach(async () => {
  await speech.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the first start', { timeout: 120_000 }, () => {
  it('is over when callers hear everything in the language of most numbers', async () => {
    await open();
    await speech.prerenderFlows(REPERTOIRE);
    for (const at of [...Array.from({ length: 25 }, (_, n) => n + 1), 132, 21_002])
      assert.ok(position(at), `${at}`);
    for (const minutes of [1, 3, 5, 10, 45, 90, 150])
      assert.ok(wait(minutes * MINUTE_MS, 2 * minutes * MINUTE_MS), `${minutes}`);
    for (const { text, language } of REPERTOIRE.sentences)
      assert.ok(speech.prompts.ready({ text, language }));
    assert.deepEqual(lines, ['Sentences were rendered']);
  });
});

describe('a voice that hangs from the beginning', { timeout: 120_000 }, () => {
  let server: TtsServer;
  beforeEach(async () => {
    server = await TtsServer.start();
  });
  afterEach(() => server.close());

  it('is waited for once; eSpeak speaks, and what it has said is replaced when the voice is back', async () => {
    const clock = new ManualClock();
    server.misbehave = () => {};
    const { baseUrl } = server;
    const openai = { baseUrl, model: 'tts-1', voices: { 'es-MX': 'nova' } };
    await open({ clock, voices: { sherpa: [], openai } });
    const ready = speech.prerenderFlows(REPERTOIRE);
    await eventually('the server to be asked', () => server.asked.length > 0);
    clock.advance(15_000);
    await ready;
    const spare = position(7);
    assert.ok(spare, 'eSpeak has said it');
    assert.ok(wait(3 * MINUTE_MS, 5 * MINUTE_MS));
    const inVain = server.asked.length;
    assert.ok(inVain <= 2, 'it is asked for two sentences at a time at most, and not again');
    assert.deepEqual(speech.voices, [
      { name: 'espeak', usable: true },
      { name: 'openai', usable: false, why: 'Error: The voice does not answer' },
    ]);

    // It hangs in its trial as well.
    clock.advance(10_000);
    await eventually('the trial', () => server.asked.length === inVain + 1);
    clock.advance(15_000);
    server.misbehave = undefined;
    await eventually('the end of the trial', () => {
      clock.advance(1_000);
      return speech.voices.every(({ usable }) => usable);
    });
    const better = await eventually('the better voice', () => {
      clock.advance(0);
      const now = position(7);
      return now && now[0] !== spare[0] ? now : undefined;
    });
    assert.equal(better.length, 1);
    const told = lines.filter((line) => /voice/i.test(line));
    assert.deepEqual(told, ['A voice is not used any more', 'A voice is used again']);
  });
});
