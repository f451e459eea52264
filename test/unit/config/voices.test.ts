import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { voicesOf } from '../../../src/config/voices.ts';

const settings = { voicesDir: '/srv/voices', model: 'tts-1', url: 'http://tts:8880/v1/' };
const read = (voices: string) => voicesOf({ ...settings, voices });

describe('VOICES', () => {
  it('names who speaks each language; whoever is not named is spoken by eSpeak', () => {
    assert.deepEqual(read(''), { ok: true, value: { sherpa: [] } });
    assert.deepEqual(read('es-MX=openai:nova, es-ES=sherpa:davefx#3, en=espeak'), {
      ok: true,
      value: {
        sherpa: [{ language: 'es-ES', name: 'davefx', folder: '/srv/voices/davefx', speaker: 3 }],
        openai: { baseUrl: 'http://tts:8880/v1', model: 'tts-1', voices: { 'es-MX': 'nova' } },
      },
    });
  });

  const wrong: readonly [string, RegExp][] = [
    ['es-MX', /expected language=espeak, .* got es-MX$/],
    ['es-MX=festival:x', /got es-MX=festival:x/],
    ['tlh=espeak', /expected one of es-ES .*, got tlh/],
    ['en=espeak,en=openai:nova', /en has two voices/],
    ['en=sherpa', /expected a name after en=sherpa:/],
  ];
  for (const [voices, problem] of wrong) {
    it(`refuses ${voices}`, () => {
      const result = read(voices);
      assert.match(result.ok ? '' : result.error, problem);
    });
  }

  it('wants the address of the voices that are behind one', () => {
    const { url: _, ...without } = settings;
    const result = voicesOf({ ...without, voices: 'en=openai:nova' });
    assert.match(result.ok ? '' : result.error, /expected TTS_URL to have a value/);
  });
});
