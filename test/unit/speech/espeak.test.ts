import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { activeLevel } from '../../../src/speech/audio/loudness.ts';
import { toFloat } from '../../../src/speech/audio/pcm.ts';
import { AnswerReader, type SpeakRequest } from '../../../src/speech/voices/espeak-protocol.ts';
import { EspeakVoice, type StartProgram } from '../../../src/speech/voices/espeak-voice.ts';

const sentence = (text: string) => ({ text, language: 'es-MX' }) as const;

/** Programs that say nothing by themselves: a test answers or kills them. */
class FakePrograms {
  readonly requests: SpeakRequest[] = [];
  started = 0;
  killed = 0;
  answer: (id: number) => void = () => {};
  die: (why: string) => void = () => {};

  readonly start: StartProgram = (onAnswer, onDeath) => {
    this.started += 1;
    this.answer = (id) => onAnswer({ id, bytes: 4 }, Buffer.from([1, 0, 2, 0]));
    this.die = onDeath;
    return {
      send: (request) => void this.requests.push(request),
      kill: () => {
        this.killed += 1;
      },
    };
  };
}

function fakeVoice(): { voice: EspeakVoice; programs: FakePrograms; clock: ManualClock } {
  const programs = new FakePrograms();
  const clock = new ManualClock();
  return { voice: new EspeakVoice(clock, silentLogger, programs.start), programs, clock };
}

describe('EspeakVoice', () => {
  it('says one sentence at a time, urgent ones first', async () => {
    const { voice, programs } = fakeVoice();
    const said = [
      voice.speak(sentence('uno'), false),
      voice.speak(sentence('dos'), false),
      voice.speak(sentence('tres'), true),
    ];
    for (const id of [1, 3, 2]) programs.answer(id);
    assert.deepEqual(await said[0], Int16Array.of(1, 2));
    await Promise.all(said);
    assert.deepEqual(
      programs.requests.map(({ text }) => text),
      ['uno', 'tres', 'dos'],
    );
    assert.equal(programs.started, 1);
  });

  it('takes out what the program would read as markup', async () => {
    const { voice, programs } = fakeVoice();
    const said = voice.speak(sentence('uno <break time="9s"/> [[dos]]\n'), true);
    assert.equal(programs.requests[0]?.text, 'uno  break time="9s"/    dos   ');
    programs.answer(1);
    await said;
  });

  it('starts a program that died again, and lets a sentence go that kills it twice', async () => {
    const { voice, programs } = fakeVoice();
    const lost = assert.rejects(voice.speak(sentence('uno'), true), /crashed/);
    const next = voice.speak(sentence('dos'), true);
    programs.die('It crashed.');
    programs.die('It crashed.');
    await lost;
    programs.answer(2);
    await next;
    assert.equal(programs.started, 3);
  });

  it('waits thirty seconds for a sentence, and a minute with nothing to say', async () => {
    const { voice, programs, clock } = fakeVoice();
    const said = voice.speak(sentence('uno'), true);
    clock.advance(30_000);
    assert.deepEqual([programs.started, programs.killed], [2, 1]);
    programs.answer(1);
    await said;
    clock.advance(60_000);
    assert.equal(programs.killed, 2);
  });

  it('refuses more than it can ever say, and everything once it is closed', async () => {
    const { voice } = fakeVoice();
    const said = Array.from({ length: 201 }, () => voice.speak(sentence('x'), false));
    const outcomes = Promise.allSettled(said);
    await assert.rejects(voice.speak(sentence('y'), false), /Too many/);
    await voice.close();
    await voice.close();
    assert.ok((await outcomes).every(({ status }) => status === 'rejected'));
    await assert.rejects(voice.speak(sentence('y'), true), /closed/);
  });
});

describe('AnswerReader', () => {
  it('puts answers together from pieces of any size', () => {
    const wire = Buffer.concat([
      Buffer.from('{"id":1,"bytes":3}\nabc{"id":2,"error":"ñ"}\n'),
      Buffer.from('{"id":3,"bytes":0}\n'),
    ]);
    for (const size of [1, 2, 5, 1_000]) {
      const got: unknown[] = [];
      const reader = new AnswerReader((answer, sound) => got.push([answer, sound.toString()]));
      for (let at = 0; at < wire.length; at += size) reader.push(wire.subarray(at, at + size));
      assert.deepEqual(got, [
        [{ id: 1, bytes: 3 }, 'abc'],
        [{ id: 2, error: 'ñ' }, ''],
        [{ id: 3, bytes: 0 }, ''],
      ]);
    }
  });
});

describe('the eSpeak program', () => {
  const voice = new EspeakVoice(systemClock, silentLogger);
  after(() => voice.close());

  it('speaks every language of the house, at the level and length of speech', async () => {
    for (const language of ['es-ES', 'es-MX', 'en'] as const) {
      const samples = await voice.speak({ text: 'Gracias por llamar.', language }, true);
      const seconds = samples.length / 16_000;
      assert.ok(seconds > 0.8 && seconds < 3, `${seconds} s`);
      const dbfs = 20 * Math.log10(activeLevel(toFloat(samples)));
      assert.ok(Math.abs(dbfs + 20) < 1.5, `${dbfs} dBFS`);
    }
  });

  it('says nothing for an empty text, and goes on', async () => {
    const empty = await voice.speak({ text: '   ', language: 'en' }, true);
    assert.ok(empty.length < 8_000);
    assert.ok((await voice.speak({ text: 'One', language: 'en' }, true)).length > empty.length);
  });
});
