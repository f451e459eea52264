import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EndOfSpeech } from '../../../src/speech/stt/end-of-speech.ts';
import { VoiceDetectors } from '../../../src/speech/stt/voice-detector.ts';
import { inARow, keyTone, music, noise, Speaker, silence } from '../../support/sounds.ts';

const LIMITS = { endSilenceMs: 800, speechMsMax: 5_000 };
let detectors: VoiceDetectors;
const speaker = new Speaker();

/** When speech began and ended, in milliseconds from the beginning. */
function listen(
  sound: Int16Array,
  rate: number,
  limits = LIMITS,
): { begin?: number; end?: number } {
  const detector = detectors.detector(rate);
  const speech = new EndOfSpeech(limits);
  const found: { begin?: number; end?: number } = {};
  const size = rate / 50;
  for (let at = 0; at + size <= sound.length; at += size) {
    const happened = speech.frame(detector.isVoice(sound.subarray(at, at + size)));
    if (happened) found[happened] = ((at + size) / rate) * 1_000;
  }
  detector.free();
  return found;
}

describe('voice activity and the end of speech', () => {
  before(async () => {
    detectors = await VoiceDetectors.load();
  });
  after(() => speaker.close());

  for (const rate of [8_000, 16_000]) {
    for (const [text, language] of [
      ['ventas', 'es-MX'],
      ['quiero hablar con facturación, por favor', 'es-ES'],
      ['sales', 'en'],
      ['no', 'es-ES'],
      ['sí', 'es-MX'],
      ['yes', 'en'],
    ] as const) {
      it(`finds "${text}" between silences at ${rate} Hz`, async () => {
        const said = await speaker.say(text, language, rate);
        const saidMs = (said.length / rate) * 1_000;
        const found = listen(inARow(silence(600, rate), said, silence(1_500, rate)), rate);
        const { begin = -1, end = -1 } = found;
        assert.ok(begin > 600 && begin < 600 + 400, `began at ${begin}`);
        // The voice's own silence around the word is in `saidMs`.
        assert.ok(end > begin + 800 && end <= 600 + saidMs + 1_000, `ended at ${end}`);
      });
    }

    it(`hears nobody in silence, hum, soft noise and keys at ${rate} Hz`, () => {
      for (const sound of [
        silence(3_000, rate),
        noise(3_000, -55, rate),
        keyTone(400, rate),
        inARow(keyTone(120, rate), silence(100, rate), keyTone(120, rate), silence(100, rate)),
      ]) {
        assert.deepEqual(listen(sound, rate), {});
      }
    });

    it(`lets a pause between words be at ${rate} Hz`, async () => {
      const [one, other] = [
        await speaker.say('quiero', 'es-ES', rate),
        await speaker.say('ventas', 'es-ES', rate),
      ];
      const both = inARow(silence(300, rate), one, silence(300, rate), other, silence(1_200, rate));
      const { end = -1 } = listen(both, rate);
      assert.ok(end > 600 + ((one.length + other.length) / rate) * 1_000, `${end}`);
    });

    it(`finds speech over noise at ${rate} Hz`, async () => {
      const said = await speaker.say('facturación', 'es-ES', rate);
      const floor = noise(5_000, -45, rate);
      const at = rate;
      for (const [index, sample] of said.entries()) {
        floor[at + index] = (floor[at + index] ?? 0) + sample;
      }
      const { begin = -1, end = -1 } = listen(floor, rate);
      assert.ok(begin > 900 && begin < 1_500, `began at ${begin}`);
      assert.ok(end > 0 && end < 4_000, `ended at ${end}`);
    });
  }

  it('ends whatever does not end: music, loud noise', () => {
    for (const sound of [music(9_000), noise(9_000, -20)]) {
      const { begin, end } = listen(sound, 16_000);
      if (begin !== undefined) assert.ok((end ?? 99_000) <= begin + LIMITS.speechMsMax, `${end}`);
    }
  });
});
