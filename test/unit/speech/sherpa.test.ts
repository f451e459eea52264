import assert from 'node:assert/strict';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { callId } from '../../../src/model/ids.ts';
import type { HeardText } from '../../../src/runtime/ports/hearing.ts';
import { openHearing, type Recognisers } from '../../../src/speech/hearing.ts';
import { SherpaEngine } from '../../../src/speech/stt/sherpa.ts';
import { GuardedVoice, Resting } from '../../../src/speech/voices/guarded-voice.ts';
import { SherpaVoice } from '../../../src/speech/voices/sherpa-voice.ts';
import { PROMPT_RATE } from '../../../src/speech/voices/voice.ts';
import { childRunning } from '../../support/children.ts';
import { eventually } from '../../support/eventually.ts';
import { Listener } from '../../support/listener.ts';
import { HISSED, HUMMED, writeCtc, writeTransducer } from '../../support/sherpa/listeners.ts';
import { writeKokoro, writePiper } from '../../support/sherpa/voices.ts';
import { bytesOf, inARow, Speaker, silence } from '../../support/sounds.ts';

// The library itself, with models that were written by hand: they load, listen and speak as the ones do that are trained.

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sherpa-'));
});
after(() => rm(folder, { recursive: true }));

const REQUEST = {
  callId: callId('c'),
  language: 'es-MX',
  hints: [HISSED, HUMMED],
  limits: { endSilenceMs: 500, speechMsMax: 4_000 },
} as const;

describe('a listener of sherpa-onnx', () => {
  const said = new Map<string, Int16Array>();
  let recognisers: Recognisers;
  before(async () => {
    const speaker = new Speaker();
    for (const text of [HISSED, HUMMED]) {
      said.set(text, inARow(silence(400), await speaker.say(text, 'es-MX'), silence(900)));
    }
    await speaker.close();
    await writeTransducer(folder);
    recognisers = await openHearing({
      recognisers: [{ languages: ['*'], kind: 'sherpa', address: folder, options: {} }],
      sampleRate: PROMPT_RATE,
      answerMsMax: 10_000,
      callsMax: 5,
      clock: systemClock,
      log: silentLogger,
    });
  });
  after(() => recognisers.close());

  function listenTo(text: string): Listener {
    const listener = new Listener();
    const samples = said.get(text) ?? assert.fail();
    recognisers.listen(REQUEST, listener.events).push(bytesOf(samples));
    return listener;
  }

  const isHeard = async (listener: Listener, text: string): Promise<void> => {
    await eventually('an end', listener.over);
    const [best] = listener.heard ?? [];
    assert.equal(best?.text, text, listener.not);
    assert.ok(best.confidence > 0.75, `sure by ${best.confidence} only`);
  };

  it('understands several callers at once, and is as sure as its model', async () => {
    const texts = [HISSED, HUMMED, HISSED];
    const listeners = texts.map(listenTo);
    for (const [at, listener] of listeners.entries()) await isHeard(listener, texts[at] ?? '');
  });

  it('forgets who has left, and hears the next one', async () => {
    const listener = new Listener();
    const session = recognisers.listen(REQUEST, listener.events);
    session.push(bytesOf(inARow(silence(400), said.get(HUMMED) ?? silence(0))).subarray(0, 30_000));
    session.cancel();
    await isHeard(listenTo(HISSED), HISSED);
    assert.equal(listener.over(), false);
  });

  it('dies with those who are listened to, and is there again for the next one', async () => {
    const listener = new Listener();
    const session = recognisers.listen(REQUEST, listener.events);
    session.push(bytesOf(said.get(HUMMED) ?? silence(0)).subarray(0, 30_000));
    process.kill(childRunning('stt/sherpa-program'), 'SIGKILL');
    await eventually('an end', listener.over);
    assert.equal(listener.not, 'failed');
    await isHeard(listenTo(HUMMED), HUMMED);
  });
});

describe('an engine of sherpa-onnx', () => {
  /** What becomes of so much sound at so many hertz. */
  const hear = (engine: SherpaEngine, samples: Int16Array, sampleRate: number) =>
    new Promise<readonly HeardText[]>((resolve, reject) => {
      const stream = engine.open(
        { language: 'es-MX', hints: [], sampleRate },
        { partial: () => {}, result: resolve, failed: (why) => reject(new Error(why)) },
      );
      stream.push(bytesOf(samples));
      stream.end();
    });
  const tone = (hertz: number, ms: number, rate: number): Int16Array =>
    Int16Array.from(
      { length: (ms * rate) / 1_000 },
      (_, at) => 8_000 * Math.sin((2 * Math.PI * hertz * at) / rate),
    );

  const clock = new ManualClock();
  let engine: SherpaEngine;
  let place: string;
  before(async () => {
    place = await mkdtemp(join(folder, 'ctc-'));
    await writeCtc(place);
    engine = await SherpaEngine.open({ folder: place, threads: 1, clock, log: silentLogger });
  });
  after(() => engine.close());

  it('takes CTC models, and the rate that there is', async () => {
    const [rate, slow] = [16_000, 8_000];
    const both = inARow(tone(400, 400, rate), silence(200, rate), tone(6_000, 400, rate));
    assert.equal((await hear(engine, both, rate))[0]?.text, `${HUMMED} ${HISSED}`);
    assert.equal((await hear(engine, tone(400, 400, slow), slow))[0]?.text, HUMMED);
    assert.deepEqual(await hear(engine, silence(800), rate), []);
  });

  it('that hangs is ended, and another takes its place', async () => {
    process.kill(childRunning(place), 'SIGSTOP');
    const unheard = hear(engine, tone(400, 400, 16_000), 16_000);
    clock.advance(10_000);
    await assert.rejects(unheard, /it does not answer/);
    const heard = hear(engine, tone(400, 400, 16_000), 16_000);
    // A model may take its time to load.
    clock.advance(30_000);
    assert.equal((await heard)[0]?.text, HUMMED);
    clock.advance(60_000);
    assert.deepEqual(await hear(engine, silence(800), 16_000), []);
  });
});

describe('a voice of sherpa-onnx', () => {
  /** How often the sound goes through nothing where there is any: twice its frequency, for one tone. */
  const crossings = (samples: Int16Array): number => {
    const loud = samples.filter((sample) => Math.abs(sample) > 1_000);
    return loud.filter((sample, at) => sample < 0 !== (loud[at - 1] ?? 0) < 0).length;
  };

  it('of Piper’s kind says each phoneme, a speaker by its number, longer texts longer', async () => {
    const place = join(folder, 'piper');
    await writePiper(place, 'es-419');
    const model = (language: 'es-MX' | 'es-ES', speaker: number) => ({
      ...{ language, speaker, name: 'piper', folder: place },
    });
    const voice = await SherpaVoice.open([model('es-MX', 0), model('es-ES', 1)], systemClock);
    try {
      const say = (text: string, language: 'es-MX' | 'es-ES' = 'es-MX') =>
        voice.speak({ text, language }, true);
      const [one, two, high] = await Promise.all([say('uno'), say('uno dos'), say('uno', 'es-ES')]);
      assert.ok(two.length > 1.5 * one.length, `${one.length} and ${two.length} samples`);
      assert.equal(Math.round((10 * crossings(high)) / crossings(one)), 20, 'an octave');
    } finally {
      await voice.close();
    }
  });

  it('of Kokoro’s kind speaks several languages from one folder', async () => {
    const place = join(folder, 'kokoro');
    await writeKokoro(place);
    const model = (language: 'es-MX' | 'en') => ({
      ...{ language, speaker: 0, name: 'kokoro', folder: place },
    });
    const voice = await SherpaVoice.open([model('es-MX'), model('en')], systemClock);
    try {
      // The h is no sound in Spanish, and one in English.
      const [spanish, english] = await Promise.all([
        voice.speak({ text: 'hotel', language: 'es-MX' }, true),
        voice.speak({ text: 'hotel', language: 'en' }, true),
      ]);
      assert.ok(spanish.length > 0 && english.length > spanish.length);
    } finally {
      await voice.close();
    }
  });

  it('that hangs is ended, and one that cannot be started again is left alone for a while', async () => {
    const clock = new ManualClock(1);
    const place = join(folder, 'piper-hung');
    await writePiper(place, 'es');
    const model = { language: 'es-ES', name: 'x', folder: place, speaker: 0 } as const;
    const unguarded = await SherpaVoice.open([model], clock);
    const trials: string[] = [];
    const voice = new GuardedVoice({
      voice: {
        fingerprint: (language) => unguarded.fingerprint(language),
        isBusy: () => unguarded.isBusy(),
        hurry: (sentence) => unguarded.hurry(sentence),
        drop: (why) => unguarded.drop(why),
        close: () => unguarded.close(),
        async speak(sentence, urgent) {
          const said = unguarded.speak(sentence, urgent);
          if (!urgent)
            said.then(
              () => trials.push('said'),
              (why) => trials.push(String(why)),
            );
          return said;
        },
      },
      name: 'sherpa',
      clock,
      log: silentLogger,
      trial: (language) => ({ text: 'uno', language }),
      onBack: () => trials.push('back'),
    });
    const say = () => voice.speak({ text: 'uno', language: 'es-ES' }, true);
    const trial = async (outcomes: number): Promise<void> => {
      clock.advance(10_000);
      await eventually('the trial', () => trials.length === outcomes);
    };
    try {
      process.kill(childRunning(place), 'SIGSTOP');
      const unsaid = say();
      await new Promise(setImmediate);
      clock.advance(30_000);
      await assert.rejects(unsaid, /It took too long/);
      await unlink(join(place, 'tokens.txt'));
      await assert.rejects(say(), Resting);
      await trial(1);
      assert.match(trials[0] ?? '', /lacks tokens\.txt/);
      await writePiper(place, 'es');
      await assert.rejects(say(), Resting);
      await trial(3);
      assert.deepEqual(trials.slice(1), ['said', 'back']);
      assert.ok((await say()).length > 0);
    } finally {
      await voice.close();
    }
  });
});
