import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { pcma } from '../../../../src/embedded/media/audio/g711.ts';
import { KeyDetector } from '../../../../src/embedded/media/audio/key-detector.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { holdMusic } from '../../../../src/speech/audio/music.ts';
import { EspeakVoice } from '../../../../src/speech/voices/espeak-voice.ts';
import { chords, type KeySoundOptions, keySounds } from '../../../support/key-sounds.ts';

const ALL = '123A456B789C*0#D';

/** What is heard in the samples after they went through A-law, in frames of 20 ms. */
function heardIn(samples: Int16Array, sampleRate = 8_000, offset = 0): string {
  const detector = new KeyDetector(sampleRate);
  const size = sampleRate / 50;
  const frame = new Int16Array(size);
  const wire = new Uint8Array(size);
  let keys = '';
  for (let at = -offset; at < samples.length; at += size) {
    for (let i = 0; i < size; i++) frame[i] = samples[at + i] ?? 0;
    pcma.encode(frame, size, wire, 0);
    pcma.decode(wire, frame);
    keys += detector.feed(frame, size);
  }
  return keys;
}
const heardOf = (options: KeySoundOptions, offset = 0) =>
  heardIn(keySounds(ALL, options), options.sampleRate, offset);

/** Every second sample: the prompts' rate to that of G.711. Aliases make it harder, not easier. */
const halved = (samples: Int16Array) => samples.filter((_, at) => at % 2 === 0);

describe('keys in the audio', () => {
  it('are all heard, at both rates', () => {
    assert.equal(heardOf({}), ALL);
    assert.equal(heardOf({ sampleRate: 16_000 }), ALL);
  });

  it('are heard when they last 40 ms, wherever they begin in a frame', () => {
    for (let offset = 0; offset < 160; offset += 7)
      assert.equal(heardOf({ onMs: 40, offMs: 40 }, offset), ALL, `offset ${offset}`);
  });

  it('are not heard when they last 20 ms', () => {
    for (let offset = 0; offset < 160; offset += 7)
      assert.equal(heardOf({ onMs: 20, offMs: 100 }, offset), '', `offset ${offset}`);
  });

  it('may be quiet, off by 1.5 %, and twisted as lines twist them', () => {
    assert.equal(heardOf({ lowDbm0: -30, highDbm0: -30 }), ALL);
    assert.equal(heardOf({ lowDbm0: -3.5, highDbm0: -3.5 }), ALL);
    assert.equal(heardOf({ lowDbm0: -50, highDbm0: -50 }), '');
    for (const off of [0.015, -0.015])
      assert.equal(heardOf({ off, highDbm0: -10 }), ALL, `off by ${off}`);
    for (const off of [0.035, -0.035]) assert.equal(heardOf({ off }), '', `off by ${off}`);
    assert.equal(heardOf({ lowDbm0: -10, highDbm0: -17 }), ALL);
    assert.equal(heardOf({ lowDbm0: -13, highDbm0: -10 }), ALL);
    assert.equal(heardOf({ lowDbm0: -10, highDbm0: -22 }), '');
  });

  it('are two when the same is pressed twice, and one when a packet is lost in the middle', () => {
    assert.equal(heardIn(keySounds('5555', { onMs: 60, offMs: 60 })), '5555');
    const one = keySounds('5', { onMs: 200 });
    one.fill(0, 800, 880);
    assert.equal(heardIn(one), '5');
  });

  it('are heard over a noisy line', () => {
    let seed = 7;
    const noisy = keySounds(ALL).map((sample) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return sample + Math.round((seed / 2 ** 32 - 0.5) * 800);
    });
    assert.equal(heardIn(noisy), ALL);
  });
});

describe('keys in the audio: talk-off', () => {
  // Its time limit is for callers: here a busy machine may take as long as it likes.
  const voice = new EspeakVoice(new ManualClock(), silentLogger);
  after(() => voice.close());

  for (const [language, text] of [
    [
      'es-MX',
      'Bienvenido a la tienda. Para ventas marque uno, para soporte marque dos, y si ya conoce la extensión márquela ahora. Veintiún mil pesos.',
    ],
    [
      'es-ES',
      'El perro de San Roque no tiene rabo porque Ramón Rodríguez se lo ha cortado. ¡Uuuuh, iiiih, aaaah!',
    ],
    [
      'en',
      'How much wood would a woodchuck chuck if a woodchuck could chuck wood? Please leave a message after the tone.',
    ],
  ] as const) {
    it(`none in a voice: ${language}`, async () => {
      const samples = await voice.speak({ text, language }, true);
      assert.equal(heardIn(samples, 16_000), '');
      assert.equal(heardIn(halved(samples)), '');
    });
  }

  it('none in the music on hold', () => {
    const music = holdMusic(16_000);
    assert.equal(heardIn(music, 16_000), '');
    assert.equal(heardIn(halved(music)), '');
  });

  it('few in a minute of chords, none in silence and noise', () => {
    assert.ok(heardIn(chords(60, 1)).length <= 1);
    assert.equal(heardIn(new Int16Array(80_000)), '');
    assert.equal(
      heardIn(Int16Array.from({ length: 80_000 }, (_, n) => ((n * 7_919) % 20_000) - 10_000)),
      '',
    );
  });
});
