import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { systemClock } from '../../../src/lib/clock.ts';
import { activeLevel } from '../../../src/speech/audio/loudness.ts';
import { toFloat } from '../../../src/speech/audio/pcm.ts';
import { encodeWav } from '../../../src/speech/audio/wav.ts';
import { OpenAiVoice } from '../../../src/speech/voices/openai-voice.ts';
import { TtsServer } from '../../support/tts-server.ts';

let server: TtsServer;
let voice: OpenAiVoice;
const hello = { text: 'Good morning.', language: 'en' } as const;

before(async () => {
  server = await TtsServer.start();
  voice = new OpenAiVoice({
    baseUrl: server.baseUrl,
    apiKey: 'sk-test',
    model: 'kokoro',
    voices: { en: 'nova' },
    clock: systemClock,
  });
});
after(async () => {
  await voice.close();
  await server.close();
});
afterEach(() => {
  server.misbehave = undefined;
  server.asked.length = 0;
});

describe('OpenAiVoice', () => {
  it('asks as the API wants it, and gives speech at our rate and level', async () => {
    const samples = await voice.speak(hello, true);
    assert.deepEqual(server.asked, [
      { model: 'kokoro', voice: 'nova', input: 'Good morning.', response_format: 'wav' },
    ]);
    assert.deepEqual(server.keys, ['Bearer sk-test']);
    assert.ok(samples.length > 8_000 && samples.length < 32_000, String(samples.length));
    assert.ok(Math.abs(20 * Math.log10(activeLevel(toFloat(samples))) + 20) < 1);
    assert.ok(
      samples.every((sample) => Math.abs(sample) < 32_767),
      'nothing is clipped',
    );
  });

  it('keeps the voice up at a joint', async () => {
    await voice.speak({ ...hello, text: 'between three and', ending: 'joined' }, false);
    assert.equal(server.asked[0]?.input, 'between three and,');
  });

  it('tries once more after what may pass', async () => {
    server.misbehave = (response) => {
      server.misbehave = undefined;
      response.writeHead(503).end('busy');
    };
    assert.ok((await voice.speak(hello, true)).length > 8_000);
    assert.equal(server.asked.length, 2);
  });

  const silence = encodeWav(new Int16Array(16_000), 16_000);
  const worst: readonly [string, number, (response: ServerResponse) => void, RegExp][] = [
    ['HTML', 1, (r) => r.writeHead(200).end('<!doctype html><h1>Sign in</h1>'), /it is markup/],
    ['nothing', 1, (r) => r.writeHead(200).end(), /something else, no WAV/],
    ['an MP3', 1, (r) => r.writeHead(200).end(Buffer.from('ID3\x04')), /an MP3 file/],
    ['silence', 1, (r) => r.writeHead(200).end(silence), /answered silence/],
    ['a wrong key', 1, (r) => r.writeHead(401).end('{}'), /status 401/],
    ['a broken server', 2, (r) => r.writeHead(500).end(), /status 500/],
    ['a broken connection', 2, (r) => r.destroy(), /fetch failed/],
    ['a way elsewhere', 2, (r) => r.writeHead(302, { location: '/' }).end(), /fetch failed/],
    ['20 MB', 1, (r) => r.writeHead(200).end(Buffer.alloc(20_000_000)), /far too much/],
    [
      'three minutes',
      1,
      (r) => r.writeHead(200).end(encodeWav(new Int16Array(8_000 * 180), 8_000)),
      /far too much/,
    ],
  ];
  for (const [what, tries, answer, why] of worst) {
    it(`refuses ${what}`, async () => {
      server.misbehave = answer;
      await assert.rejects(voice.speak(hello, true), why);
      assert.equal(server.asked.length, tries);
    });
  }

  it('rejects what is not said when it closes', async () => {
    server.misbehave = () => {};
    const closing = new OpenAiVoice({
      baseUrl: server.baseUrl,
      model: 'tts-1',
      voices: { en: 'nova' },
      clock: systemClock,
    });
    const saying = [1, 2, 3].map(() => closing.speak(hello, false));
    await closing.close();
    for (const result of await Promise.allSettled(saying)) assert.equal(result.status, 'rejected');
    await assert.rejects(closing.speak(hello, true), /closed/);
  });
});
